using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Server.Sessions;

/// <summary>
/// Graceful shutdown. At once <c>/readyz</c> answers 503, new sessions are refused, and every client gets <c>goAway</c> with its newest handle; after
/// <see cref="LiveConnectionOptions.DrainTime"/> the remaining connections are closed with 1001. Runs while the web server still listens, so that
/// <c>/readyz</c> answers until the end.
/// </summary>
internal sealed partial class DrainService : IHostedLifecycleService
{
    private readonly SessionRegistry _registry;
    private readonly LiveApiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public DrainService(SessionRegistry registry, IOptions<LiveApiOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DrainService> logger)
    {
        (_registry, _options, _time, _logger) = (registry, options.Value, time, logger);
        lifetime.ApplicationStopping.Register(Begin);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Begin();
        if (_registry.Count == 0)
            return;
        try
        {
            // Each connection ends by itself: by its client, or at the end of its time. The timeout is for those that do not even answer the close.
            await _registry.WhenEmptyAsync().WaitAsync(_options.Connections.DrainTime + _options.Connections.CloseTimeout + _options.Connections.SendTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Log.StillOpen(_logger, _registry.Count);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Drains the server now: for an operator, who ends it later.</summary>
    internal void Begin()
    {
        var open = _registry.Count;
        if (_registry.Drain() && open > 0)
            Log.Draining(_logger, open, _options.Connections.DrainTime);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Draining, LogLevel.Information, "Draining: {Open} open connections get {Time} to leave")]
        public static partial void Draining(ILogger logger, int open, TimeSpan time);

        [LoggerMessage(EventIds.DrainIncomplete, LogLevel.Warning, "Shutdown timed out with {Open} open connections")]
        public static partial void StillOpen(ILogger logger, int open);
    }
}

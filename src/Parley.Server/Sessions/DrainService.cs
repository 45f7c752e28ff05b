using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Storage;

namespace Parley.Server.Sessions;

/// <summary>
/// The end of the server in order: not ready at once, nobody new, <c>goAway</c> with a handle to everybody, then their time, then 1001 for who is
/// still there. It stands before the web server stops to listen, so that <c>/readyz</c> says no for as long as it lasts.
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
            // Each connection ends by itself: by its client, or closed at the end of the time. The bound is for those that do not even answer the close.
            await _registry.WhenEmptyAsync().WaitAsync(_options.Connections.DrainTime + _options.Connections.CloseTimeout + _options.Connections.SendTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Log.StillOpen(_logger, _registry.Count);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Begin()
    {
        var open = _registry.Count;
        if (_registry.Drain() && open > 0)
            Log.Draining(_logger, open, _options.Connections.DrainTime);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Draining, LogLevel.Information, "The server stops: {Open} connections have {Time} to go")]
        public static partial void Draining(ILogger logger, int open, TimeSpan time);

        [LoggerMessage(EventIds.DrainIncomplete, LogLevel.Warning, "The server stops while {Open} connections are open")]
        public static partial void StillOpen(ILogger logger, int open);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Telemetry;

namespace Parley.Server.Calls;

/// <summary>What all calls share; starts those that somebody takes part in.</summary>
internal sealed partial class CallServices(
    IEnumerable<ILiveCallHandler> handlers, IServiceProvider provider, IOptions<LiveApiOptions> options, LiveMetrics metrics, TimeProvider time, ILogger<LiveCall> logger)
{
    private readonly ILiveCallHandler[] _handlers = [.. handlers];
    private readonly TextRules _rules = new(options.Value.Calls.Checks);
    private readonly CallControl? _control = provider.GetService<CallControl>();

    internal IServiceProvider Provider => provider;

    internal LiveCallOptions Options { get; } = options.Value.Calls;

    internal LiveMetrics Metrics => metrics;

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    /// <summary>Whether anybody takes part in a call.</summary>
    /// <param name="ofEndpoint">The handlers of the endpoint.</param>
    internal bool HasHandlers(IReadOnlyList<ILiveCallHandler> ofEndpoint) => _handlers.Length > 0 || ofEndpoint.Count > 0 || _control is not null || !_rules.IsEmpty;

    /// <summary>A call has started: other processes find it.</summary>
    internal void Started(CallSide side) => _control?.Started(side);

    internal void Ended(CallSide side) => _control?.Ended(side);

    /// <summary>Calls the handlers before the session starts.</summary>
    /// <exception cref="LiveCloseException">One failed or took too long: the session is refused with 1011.</exception>
    internal async ValueTask PrepareAsync(CallSide side, IReadOnlyList<ILiveCallHandler> ofEndpoint, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Options.StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await _rules.OnCallAsync(side.Call, either.Token).ConfigureAwait(false);
            foreach (var handler in _handlers.Concat(ofEndpoint))
                await handler.OnCallAsync(side.Call, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not (OutOfMemoryException or LiveCloseException))
        {
            Log.HandlerFailed(logger, side.Start.SessionId, e);
            throw new LiveCloseException(LiveClose.Internal);
        }
        finally
        {
            side.Additions.Close();
            side.Checks.Close();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CallHandlerFailed, LogLevel.Error, "OnCall failed; session {SessionId} is refused")]
        public static partial void HandlerFailed(ILogger logger, string sessionId, Exception exception);
    }
}

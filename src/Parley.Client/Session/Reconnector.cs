using Microsoft.Extensions.Logging;
using Parley.Client.Connecting;
using Parley.Client.Ending;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;

namespace Parley.Client.Session;

/// <summary>The next connection of a session, or how the session ended.</summary>
/// <param name="Connection">The connection; null if the session is over.</param>
/// <param name="IsResumed">Whether the server resumed from the handle.</param>
/// <param name="Replay">Whether earlier input may be resent.</param>
/// <param name="Attempts">Number of connection attempts.</param>
/// <param name="Took">Time without a connection.</param>
/// <param name="End">How the last attempt ended, if there is no connection.</param>
internal sealed record ReconnectResult(OpenedConnection? Connection, bool IsResumed, bool Replay, int Attempts, TimeSpan Took, SessionEnd? End);

/// <summary>
/// Opens the next connection of a session: asks the policy, waits, tries, and asks again. Keeps how the earlier connections ended.
/// </summary>
internal sealed class Reconnector(
    LiveConnector? connector, ResumeSetup setup, SessionState state, LiveClientOptions options, ILogger logger)
{
    private readonly long _seed = options.Resumption.JitterSeed ?? Random.Shared.NextInt64();
    private long? _openedAt = options.TimeProvider.GetTimestamp();
    private int _failures;
    private EndCause _lastCause = EndCause.ByClient;
    private int _inARow;
    private bool _isCounted; // the overlapping attempt counts for the end of its connection

    private bool Seeds => options.Resumption.History is not null;

    /// <summary>
    /// Opens the next connection before the old one is closed; null if the server refuses it. Counts and waits like every other attempt: a
    /// server that announces its end on each connection would be asked for one after the other.
    /// </summary>
    internal async Task<OpenedConnection?> OpenStandbyAsync()
    {
        Count(EndCause.LifetimeOver);
        _isCounted = true;
        var cause = new CloseCause(EndCause.LifetimeOver, RetryAdvice.Resume);
        var step = ReconnectPolicy.Next(
            new ReconnectCase(_failures, cause, _inARow, state.ResumptionHandle is not null), options.Resumption, _seed);
        if (step.Action != ReconnectAction.Resume)
            return null;
        try
        {
            await Task.Delay(step.Delay, options.TimeProvider, state.Closing).ConfigureAwait(false);
            return connector is not null && state.ResumptionHandle is { } handle
                ? await connector.OpenAsync(setup.For(handle, seeds: false), setup.Overrides, state.Closing).ConfigureAwait(false)
                : null;
        }
        catch (Exception e) when (e is LiveConnectException or OperationCanceledException)
        {
            Log.OverlapRefused(logger, e is LiveConnectException refused ? refused.Cause : EndCause.ByClient);
            return null;
        }
    }

    /// <summary>Opens a connection to replace a lost one.</summary>
    /// <param name="lost">How it ended.</param>
    /// <param name="cause">The cause to act on.</param>
    /// <param name="standby">A connection that was opened before the old one was closed, or null.</param>
    /// <param name="begin">Called before the first attempt; not called if there is none.</param>
    internal async Task<ReconnectResult> OpenAsync(SessionEnd lost, CloseCause cause, OpenedConnection? standby, Action begin)
    {
        var start = options.TimeProvider.GetTimestamp();
        if (!_isCounted)
            Count(cause.Cause);
        _isCounted = false;
        if (standby is not null)
        {
            begin();
            return Opened(standby, isResumed: true, replay: true, attempts: 1, start);
        }
        var last = lost;
        for (var attempts = 1; ; attempts++)
        {
            if (attempts > 1)
                Count(cause.Cause);
            var situation = new ReconnectCase(_failures, cause, _inARow, state.ResumptionHandle is not null);
            var step = ReconnectPolicy.Next(situation, options.Resumption, _seed);
            if (connector is null || step.Action == ReconnectAction.GiveUp)
                return Over(attempts == 1 ? lost : last with { LostConnection = lost, ReconnectAttempts = attempts - 1 });
            if (attempts == 1)
                begin();
            if (step.Action == ReconnectAction.StartFresh)
                state.DropHandle();
            var handle = state.ResumptionHandle;
            Log.Reconnecting(logger, attempts, step.Delay, cause.Cause, handle is not null);
            try
            {
                await Task.Delay(step.Delay, options.TimeProvider, state.Closing).ConfigureAwait(false);
                var connection = await connector.OpenAsync(setup.For(handle, Seeds), setup.Overrides, state.Closing).ConfigureAwait(false);
                return Opened(connection, handle is not null, step.Replay, attempts, start);
            }
            catch (OperationCanceledException) when (state.Closing.IsCancellationRequested)
            {
                return Over(new SessionEnd(EndCause.ByClient, null, "") { ResumptionHandle = handle });
            }
            catch (LiveConnectException e)
            {
                cause = new CloseCause(e.Cause, e.Advice);
                last = new SessionEnd(e.Cause, e.CloseCode, e.Reason)
                {
                    Advice = e.Advice,
                    ResumptionHandle = e.Advice == RetryAdvice.StartFresh ? null : handle,
                    Error = e,
                };
            }
        }
    }

    // A connection that lasted, or that brought the conversation forward, was good: its end is the first of a new count.
    private void Count(EndCause cause)
    {
        if (_openedAt is { } openedAt && (state.HasAdvanced || options.TimeProvider.GetElapsedTime(openedAt) >= ReconnectPolicy.StableAfter))
            (_failures, _inARow) = (0, 0);
        _openedAt = null;
        _failures++;
        _inARow = cause == _lastCause ? _inARow + 1 : 1;
        _lastCause = cause;
    }

    private ReconnectResult Opened(OpenedConnection connection, bool isResumed, bool replay, int attempts, long start)
    {
        _openedAt = options.TimeProvider.GetTimestamp();
        return new ReconnectResult(connection, isResumed, replay, attempts, options.TimeProvider.GetElapsedTime(start), null);
    }

    private static ReconnectResult Over(SessionEnd end) => new(null, false, false, 0, TimeSpan.Zero, end);
}

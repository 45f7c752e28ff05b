using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Client.Connecting;
using Parley.Client.Ending;
using Parley.Client.Receiving;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Client.Tools;
using Parley.Client.Transport;

namespace Parley.Client.Session;

/// <summary>
/// Reads the connections of a session, one after the other, and passes updates to the reader. Runs no user code: tools and readers run on
/// other threads, unless the session has a thread of its own. If the channel is full it waits, and so does the server in the end (back-pressure).
/// </summary>
#pragma warning disable CA1001 // The clock is disposed when reading ends.
internal sealed class SessionPump(
    OpenedConnection first, SessionState state, UpdateChannel channel, SessionOutput output, ToolDispatcher tools, AudioPool audio,
    Reconnector reconnector, ResumeSetup setup, Credential? credential, LiveClientOptions options, ILogger logger)
#pragma warning restore CA1001 // see above
{
    private LiveTransport _transport = first.Transport;
    private SessionThread? _thread;
    private readonly IdleClock _idle = new(state, channel, options.TimeProvider);
    private Task<OpenedConnection?>? _rotation;
    private SessionEnd? _end;

    /// <summary>The socket in use, or the last one.</summary>
    internal LiveTransport Transport => Volatile.Read(ref _transport);

    internal void Start()
    {
        first.Reader.Pool = audio;
        _thread = options.UseSessionThread ? new SessionThread() : null;
        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        using var idle = _idle;
        SessionEnd end;
        try
        {
            end = await ReadConnectionsAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            end = state.ToEnd(new TransportEnd(null, "", new CloseCause(EndCause.Internal, RetryAdvice.Resume), e), credential);
            await Transport.DisposeAsync().ConfigureAwait(false);
        }
        if (end.IsNormal)
            Log.Ended(logger, end);
        else
            Log.EndedAbnormally(logger, end, end.Advice);
        state.Complete(end);
        channel.Complete();
        _thread?.Stop();
        await output.EndAsync(end).ConfigureAwait(false);
    }

    private async Task<SessionEnd> ReadConnectionsAsync()
    {
        var connection = first;
        while (true)
        {
            TransportEnd end;
            using (var clock = new RotationClock(state, options, () => _rotation = Task.Run(() => RotateAsync(connection.Transport))))
                end = await ReadAsync(connection, clock).ConfigureAwait(false);
            var standby = _rotation is null ? null : await _rotation.ConfigureAwait(false);
            _rotation = null;
            await connection.Transport.DisposeAsync().ConfigureAwait(false);
            await output.DetachAsync().ConfigureAwait(false);
            if (await NextAsync(end, standby).ConfigureAwait(false) is not { } next)
                return _end!;
            connection = next;
        }
    }

    private async Task<OpenedConnection?> NextAsync(TransportEnd end, OpenedConnection? standby)
    {
        var cause = state.Lose(end);
        if (cause is null)
        {
            if (standby is not null)
                await standby.Transport.DisposeAsync().ConfigureAwait(false);
            _end = state.ToEnd(end, credential);
            return null;
        }
        var planned = cause.Value.Cause == EndCause.LifetimeOver && end.Cause.Cause != EndCause.LifetimeOver;
        var lost = state.ToEnd(end with { Cause = cause.Value }, credential);
        var reopened = await reconnector.OpenAsync(
            lost, cause.Value, standby, () => channel.Post(new ReconnectingUpdate(lost.Cause, lost.CloseCode, lost.Reason, planned))).ConfigureAwait(false);
        if (reopened.Connection is not { } connection || !await ContinueAsync(connection, reopened).ConfigureAwait(false))
        {
            _end = reopened.End ?? new SessionEnd(EndCause.ByClient, null, "") { ResumptionHandle = state.ResumptionHandle };
            return null;
        }
        return connection;
    }

    private async Task<bool> ContinueAsync(OpenedConnection connection, ReconnectResult reopened)
    {
        Volatile.Write(ref _transport, connection.Transport);
        connection.Reader.Pool = audio;
        if (!state.TryChange(SessionPhase.Reconnecting, SessionPhase.Open))
        {
            await connection.Transport.SendCloseAsync(WebSocketCloseStatus.NormalClosure, "").ConfigureAwait(false);
            await connection.Transport.DisposeAsync().ConfigureAwait(false);
            return false;
        }
        var carryover = state.BeginConnection(reopened.IsResumed, reopened.Replay);
        tools.BeginConnection(carryover);
        var dropped = await output.SettleHeldAsync(reopened.Replay).ConfigureAwait(false);
        var lost = carryover.Lost with { Audio = carryover.Lost.Audio + dropped };
        state.CountDropped(lost.Audio);
        if (lost.Audio > TimeSpan.Zero)
            Log.AudioDropped(logger, lost.Audio);
        // Before the reader gets the update, so that what it sends then follows what was held. Not awaited: the server may send a lot before it
        // reads, and the pump must keep reading.
        _ = AttachAsync(connection.Transport, carryover, reopened.IsResumed);
        state.Telemetry?.Reconnected(reopened.IsResumed, reopened.Took);
        Log.Reconnected(logger, reopened.Attempts, reopened.IsResumed, carryover.Resend.Count, lost.Audio, lost.Messages);
        if (carryover.Restarts)
            channel.Post(new InterruptedUpdate());
        channel.Post(new ReconnectedUpdate(reopened.IsResumed, lost, carryover.Resend.Count, reopened.Attempts, reopened.Took));
        return true;
    }

    private async Task AttachAsync(LiveTransport transport, Carryover carryover, bool isResumed)
    {
        try
        {
            var history = isResumed || options.Resumption.History is not { } ask ? null : await Task.Run(() => ask(state.Closing).AsTask()).ConfigureAwait(false);
            await output.AttachAsync(transport, carryover, history, setup.HasInitialHistory).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // History is user code. Without it the session would not know what the caller wants it to know.
            Log.AttachFailed(logger, e);
            transport.Abort();
        }
    }

    /// <summary>Leaves a connection that the server will close: sends nothing more on it, reads what still comes, then closes it.</summary>
    /// <returns>The next connection, if it was opened before the old one was closed.</returns>
    private async Task<OpenedConnection?> RotateAsync(LiveTransport transport)
    {
        if (!state.TryChange(SessionPhase.Open, SessionPhase.Rotating))
            return null;
        Log.Rotating(logger);
        using var timeoutCts = new CancellationTokenSource();
        var timeout = Task.Delay(options.CloseTimeout, options.TimeProvider, timeoutCts.Token);
        await Task.WhenAny(output.DetachAsync(), timeout).ConfigureAwait(false);
        var standby = options.Resumption.OverlapConnections ? await reconnector.OpenStandbyAsync().ConfigureAwait(false) : null;
        _ = transport.SendCloseAsync(WebSocketCloseStatus.NormalClosure, "");
        await Task.WhenAny(transport.Ended, timeout).ConfigureAwait(false);
        transport.Abort();
        await timeoutCts.CancelAsync().ConfigureAwait(false);
        return standby;
    }

    private async Task<TransportEnd> ReadAsync(OpenedConnection connection, RotationClock clock)
    {
        var updates = connection.Early;
        var bytes = 0;
        while (true)
        {
            var isTurnComplete = false;
            for (var i = 0; i < updates.Count; i++)
            {
                isTurnComplete |= updates[i] is TurnCompleteUpdate;
                if (Note(updates[i], clock) is not { } seen)
                    continue;
                // The first one counts for the message, which all of them keep.
                (seen.WireBytes, bytes) = (bytes, 0);
                if (!channel.TryPublish(seen))
                    await channel.PublishAsync(seen).ConfigureAwait(false);
            }
            clock.Check();
            _idle.Check(isTurnComplete);
            updates.Clear();
            if (_thread is { IsCompleted: false })
                await _thread;
            var received = await connection.Transport.ReceiveAsync().ConfigureAwait(false);
            if (received.End is { } end)
                return end;
            connection.Reader.Read(received.Message.Span, updates);
            bytes = received.Message.Length;
        }
    }

    private LiveUpdate? Note(LiveUpdate update, RotationClock clock)
    {
        var seen = state.Note(update);
        switch (update)
        {
            case ToolCallUpdate call:
                tools.Start(call);
                break;
            case ToolCallCancelledUpdate cancelled:
                tools.Cancel(cancelled.Ids);
                break;
            case ResumptionUpdate { Resumable: true, Handle: not null }:
                tools.Checkpoint();
                break;
            case GoAwayUpdate goAway:
                Log.GoAway(logger, goAway.TimeLeft);
                clock.Announce(goAway.TimeLeft);
                break;
            case UnreadableMessageUpdate unreadable:
                Log.Unreadable(logger, unreadable.Message.Length);
                break;
        }
        return seen;
    }
}

using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Parley.Client.Connecting;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Client.Tools;
using Parley.Client.Transport;

namespace Parley.Client.Session;

/// <summary>
/// Reads one connection after the other for as long as the session lives and hands updates to whoever reads it. Runs no code of the user:
/// tools are started elsewhere, readers wake up elsewhere. When the channel is full it waits, and so in the end does the server.
/// </summary>
internal sealed class SessionPump(
    OpenedConnection first, SessionState state, SessionOutput output, ToolDispatcher tools, Reconnector reconnector, ResumeSetup setup,
    Credential? credential, LiveClientOptions options, ILogger logger)
{
    private readonly Channel<LiveUpdate> _updates = Channel.CreateBounded<LiveUpdate>(
        new BoundedChannelOptions(options.ReceiveCapacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private LiveTransport _transport = first.Transport;
    private Task<OpenedConnection?>? _rotation;
    private SessionEnd? _end;

    internal ChannelReader<LiveUpdate> Updates => _updates.Reader;

    /// <summary>The socket in use, or the last one.</summary>
    internal LiveTransport Transport => Volatile.Read(ref _transport);

    internal void Start() => _ = Task.Run(RunAsync);

    /// <summary>Updates that come from this side, such as failed tools; waits for room like the others.</summary>
    internal async Task PublishAsync(LiveUpdate update)
    {
        if (update.Turn == 0)
            update.Turn = state.Turn;
        if (_updates.Writer.TryWrite(update))
            return;
        try
        {
            await _updates.Writer.WriteAsync(update, state.Closing).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The session is over; what happened is in the log as well.
        }
    }

    /// <summary>The same without waiting: it comes in its order, when there is room.</summary>
    internal void Tell(LiveUpdate update) => _ = PublishAsync(update);

    private async Task RunAsync()
    {
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
        _updates.Writer.TryComplete();
        await output.EndAsync(end).ConfigureAwait(false);
    }

    private async Task<SessionEnd> ReadConnectionsAsync()
    {
        var connection = first;
        while (true)
        {
            TransportEnd end;
            using (var rotation = new RotationClock(state, options, () => _rotation = Task.Run(() => RotateAsync(connection.Transport))))
                end = await ReadAsync(connection, rotation).ConfigureAwait(false);
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
            lost, cause.Value, standby, () => Tell(new ReconnectingUpdate(lost.Cause, lost.CloseCode, lost.Reason, planned))).ConfigureAwait(false);
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
        connection.Reader.Pool = state.Audio;
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
        // Before anybody is told: what they send then comes behind what was held. Not awaited: the server may say a lot before it takes what is sent,
        // and it must be heard meanwhile.
        _ = AttachAsync(connection.Transport, carryover, reopened.IsResumed);
        state.Telemetry?.Reconnected(reopened.IsResumed, reopened.Took);
        Log.Reconnected(logger, reopened.Attempts, reopened.IsResumed, carryover.Resend.Count, lost.Audio, lost.Messages);
        if (carryover.Restarts)
            Tell(new InterruptedUpdate());
        Tell(new ReconnectedUpdate(reopened.IsResumed, lost, carryover.Resend.Count, reopened.Attempts, reopened.Took));
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
            // History is the caller's code. Without it the session is not what was asked for.
            Log.AttachFailed(logger, e);
            transport.Abort();
        }
    }

    /// <summary>Leaves a connection that the server will close: nothing more is sent on it, what it still says is read, then it is closed.</summary>
    /// <returns>The next connection, where it was opened standby the old one.</returns>
    private async Task<OpenedConnection?> RotateAsync(LiveTransport transport)
    {
        if (!state.TryChange(SessionPhase.Open, SessionPhase.Rotating))
            return null;
        Log.Rotating(logger);
        using var enough = new CancellationTokenSource();
        var bound = Task.Delay(options.CloseTimeout, options.TimeProvider, enough.Token);
        await Task.WhenAny(output.DetachAsync(), bound).ConfigureAwait(false);
        var standby = options.Resumption.OverlapConnections ? await reconnector.OpenStandbyAsync().ConfigureAwait(false) : null;
        _ = transport.SendCloseAsync(WebSocketCloseStatus.NormalClosure, "");
        await Task.WhenAny(transport.Ended, bound).ConfigureAwait(false);
        transport.Abort();
        await enough.CancelAsync().ConfigureAwait(false);
        return standby;
    }

    private async Task<TransportEnd> ReadAsync(OpenedConnection connection, RotationClock rotation)
    {
        var updates = connection.Early;
        while (true)
        {
            for (var i = 0; i < updates.Count; i++)
            {
                if (Note(updates[i], rotation) is not { } seen)
                    continue;
                if (!_updates.Writer.TryWrite(seen))
                    await PublishAsync(seen).ConfigureAwait(false);
            }
            rotation.Check();
            updates.Clear();
            var received = await connection.Transport.ReceiveAsync().ConfigureAwait(false);
            if (received.End is { } end)
                return end;
            connection.Reader.Read(received.Message.Span, updates);
        }
    }

    private LiveUpdate? Note(LiveUpdate update, RotationClock rotation)
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
                rotation.Announce(goAway.TimeLeft);
                break;
            case UnreadableMessageUpdate unreadable:
                Log.Unreadable(logger, unreadable.Message.Length);
                break;
        }
        return seen;
    }
}

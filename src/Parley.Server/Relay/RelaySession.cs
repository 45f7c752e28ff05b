using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Sockets;
using Parley.Server.Storage;

namespace Parley.Server.Relay;

/// <summary>
/// One relayed session: a straight pump in each direction, and an upstream socket that may be replaced under it while the client's stays.
/// <code>
/// Ready ──(a wish and a good moment)──&gt; Settling ──(nothing came)──&gt; Replacing ──(resumed, held frames sent)──&gt; Ready
///   │  &lt;──(an answer began, held frames sent)──┘                        │
///   ├──(loss, or no more time)──────────────────────────────────────────┘
///   └──(client gone, or an end that is the session's)──&gt; Ended
/// </code>
/// Except when Ready the client's frames are held. The pump from the upstream is the one place where an upstream ends and the next one begins; the
/// rules of the replacement are in the other half of this class, and in <c>docs/decisions/0035-relay-in-frames.md</c>.
/// </summary>
internal sealed partial class RelaySession : IMessageSession
{
    private readonly Lock _gate = new();
    private readonly RelayModel _relay;
    private readonly LiveModelStart _start;
    private readonly RelayedSetup _setup;
    private readonly HeldMessages _held;
    private readonly OpenCalls _calls = new();
    private readonly PendingRotation _rotation;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private UpstreamSocket _upstream;
    private IMessageOutput? _output;
    private Task _flushing = Task.CompletedTask;
    private CancellationTokenSource? _dialing;
    private TaskCompletionSource? _sent, _room;
    private ITimer? _settling;
    private volatile State _state;
    private string? _handle;
    private long _sentHere, _sentBefore, _sentSinceHandle, _connectedAt;
    private int _heldBytes, _lossesInRow;
    private bool _sending, _closeWhenSent, _isResumable, _inTurn;

    internal RelaySession(RelayModel relay, LiveModelStart start, RelayedSetup setup, OpenedUpstream opened, string? handle)
    {
        (_relay, _start, _setup, _upstream, _handle, Opening) = (relay, start, setup, opened.Socket, handle, opened.SetupComplete);
        _held = new HeldMessages(relay.Options.MaxHeldBytes);
        _rotation = new PendingRotation(relay.Options, relay.Time, TryRotate);
        _connectedAt = relay.Time.GetTimestamp();
    }

    private enum State
    {
        Ready,
        Settling,
        Replacing,
        Ended,
    }

    public WireMessage Opening { get; }

    public void Open(IMessageOutput output)
    {
        _output = output;
        _rotation.Connected();
        _ = PumpAsync(output);
    }

    public ValueTask ReceiveAsync(in ClientMessage message)
    {
        var (frame, type, kind) = (message.Payload, message.Type, message.Kind);
        UpstreamSocket upstream;
        lock (_gate)
        {
            if (kind == MessageKind.Tool && !_calls.Answered(message.ToolResponse, CallAnswered))
            {
                _relay.Metrics.Dropped("tool_response_of_lost_call", 1);
                return default;
            }
            if (_state == State.Ended)
                return default;
            if (_state != State.Ready)
                return Hold(frame.Span, type, kind);
            (_sending, upstream) = (true, _upstream);
        }
        ValueTask send;
        try
        {
            send = upstream.SendAsync(frame, type);
        }
        catch (Exception e) when (IsTransport(e))
        {
            send = ValueTask.FromException(e);
        }
        if (!send.IsCompletedSuccessfully)
            return FinishSendAsync(send, upstream, frame, type, kind);
        send.GetAwaiter().GetResult();
        Sent();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _ = ReleaseAsync();
        return default;
    }

    /// <summary>Ends the session here, its upstream first; done when the upstream has answered or was cut.</summary>
    internal Task ReleaseAsync()
    {
        CancellationTokenSource? dialing;
        lock (_gate)
        {
            dialing = _dialing;
            if (_state != State.Ended)
            {
                var ready = _state is State.Ready or State.Settling;
                _state = State.Ended;
                _rotation.Stop();
                ClearHeld();
                if (_sending)
                    _closeWhenSent = true;
                else if (ready)
                    _upstream.BeginClose();
                else
                    _upstream.Abort();
            }
            // Without an output the pump never ran.
            if (_output is null)
                _ended.TrySetResult();
        }
        dialing?.Cancel();
        return _ended.Task;
    }

    private void CallAnswered(string id) => _output!.Meter.CallEnded(id, "answered");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishSendAsync(ValueTask send, UpstreamSocket upstream, ReadOnlyMemory<byte> frame, WebSocketMessageType type, MessageKind kind)
    {
        try
        {
            await send.ConfigureAwait(false);
            Sent();
        }
        catch (Exception e) when (IsTransport(e))
        {
            // The pump learns of it by its own read. What was not sent is held for the next upstream.
            upstream.Abort();
            ValueTask held;
            lock (_gate)
            {
                if (_state == State.Ready)
                    _state = State.Replacing;
                held = _state == State.Ended ? default : Hold(frame.Span, type, kind);
                SendEnded();
            }
            await held.ConfigureAwait(false);
        }
    }

    private void Sent()
    {
        lock (_gate)
        {
            _sentHere++;
            _sentSinceHandle++;
            SendEnded();
        }
    }

    private void SendEnded()
    {
        _sending = false;
        if (_closeWhenSent)
            _upstream.BeginClose();
        _closeWhenSent = false;
        _sent?.TrySetResult();
        _sent = null;
    }

    // Under the lock.
    private ValueTask Hold(ReadOnlySpan<byte> frame, WebSocketMessageType type, MessageKind kind)
    {
        var dropped = _held.Add(frame, type, kind);
        if (dropped > 0)
        {
            _relay.Metrics.Dropped("relay_held", dropped);
            Log.Dropped(_relay.Logger, _start.SessionId, dropped);
        }
        HeldChanged();
        return _held.IsFull ? new((_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task) : default;
    }

    private void HeldChanged()
    {
        _relay.Metrics.Held.Add(_held.Bytes - _heldBytes);
        _heldBytes = _held.Bytes;
        if (_held.IsFull)
            return;
        _room?.TrySetResult();
        _room = null;
    }

    private void ClearHeld()
    {
        _held.Clear();
        HeldChanged();
    }

    private async Task PumpAsync(IMessageOutput output)
    {
        try
        {
            while (true)
            {
                var upstream = _upstream;
                var close = await ForwardAsync(upstream, output).ConfigureAwait(false);
                await upstream.EndAsync().ConfigureAwait(false);
                if (await RotateAsync(upstream, close, output).ConfigureAwait(false) is not { } end)
                    continue;
                output.Close(end);
                break;
            }
        }
        catch (Exception e)
        {
            Log.PumpFailed(_relay.Logger, _start.SessionId, e);
            output.Close(LiveClose.Internal);
        }
        finally
        {
            lock (_gate)
            {
                _state = State.Ended;
                _rotation.Stop();
                ClearHeld();
            }
            _upstream.Abort();
            _relay.Ended(_start.SessionId, this);
            _ended.TrySetResult();
        }
    }

    /// <summary>Hands on what the upstream says until it ends.</summary>
    /// <returns>Its close; null where the connection broke.</returns>
    private async Task<LiveClose?> ForwardAsync(UpstreamSocket upstream, IMessageOutput output)
    {
        try
        {
            while (true)
            {
                using var frame = await upstream.ReceiveAsync().ConfigureAwait(false);
                if (frame.Type == WebSocketMessageType.Close)
                    return upstream.Close;
                if (frame.Refusal is { } refusal)
                {
                    upstream.Abort();
                    return refusal;
                }
                if (Inspect(frame.Payload, output, out var kind, out var update))
                    await output.SendAsync(frame.Memory, frame.Type, kind).ConfigureAwait(false);
                else if (update is not null)
                    await ForwardHandleAsync(update.Value, frame, upstream, output).ConfigureAwait(false);
                if (_rotation.IsPending)
                    TryRotate(force: false);
            }
        }
        catch (Exception e) when (IsTransport(e))
        {
            return upstream.Close;
        }
    }

    /// <summary>Takes from a frame what concerns us.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="output">The client.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="update">Its resumption update, which is forwarded with our own handle.</param>
    /// <returns>False where the client must not see it as it is.</returns>
    private bool Inspect(ReadOnlySpan<byte> frame, IMessageOutput output, out MessageKind kind, out ResumptionUpdate? update)
    {
        update = null;
        var peek = ServerPeek.Read(frame);
        kind = peek.Kind;
        if (peek.HasOutput)
        {
            output.Meter.Output();
            Volatile.Write(ref _inTurn, true);
            CancelSettling();
        }
        if (peek.IsPlainAudio)
            return true;
        if (peek.IsInterrupted)
            output.Meter.TurnEnded("interrupted");
        if (!peek.Usage.IsEmpty)
            Used(peek.Usage, output);
        if (peek.IsTurnComplete)
        {
            output.Meter.TurnEnded("completed");
            Volatile.Write(ref _inTurn, false);
        }
        if (!peek.ToolCall.IsEmpty || !peek.Cancellation.IsEmpty)
            TrackCalls(peek, output.Meter);
        if (peek.HasResumption)
        {
            update = ResumptionUpdate.Read(frame, peek.Resumption);
            return false;
        }
        return !peek.IsSetupComplete && !(peek.IsGoAway && OnGoAway(peek.GoAway));
    }

    private void TrackCalls(in ServerPeek peek, ISessionMeter meter)
    {
        CancelSettling();
        lock (_gate)
        {
            if (!peek.ToolCall.IsEmpty)
                _calls.Called(peek.ToolCall, (id, name) => meter.Called(id, name));
            if (!peek.Cancellation.IsEmpty)
                _calls.Cancelled(peek.Cancellation, id => meter.CallEnded(id, "cancelled"));
        }
    }

    private void Used(ReadOnlySpan<byte> usage, IMessageOutput output)
    {
        try
        {
            if (LiveCodec.DecodeResponse([.. "{\"usageMetadata\":"u8, .. usage, .. "}"u8]).UsageMetadata is { } counts)
                output.Meter.Used(counts);
        }
        catch (LiveProtocolException e)
        {
            Log.UsageUnreadable(_relay.Logger, _start.SessionId, e.Path);
        }
    }

    private async ValueTask ForwardHandleAsync(ResumptionUpdate update, ReceivedMessage frame, UpstreamSocket upstream, IMessageOutput output)
    {
        long before;
        lock (_gate)
        {
            _isResumable = update is { IsResumable: true, Handle: not null };
            if (_isResumable)
                (_handle, _sentSinceHandle) = (update.Handle, 0);
            before = _sentBefore;
        }
        if (!update.IsResumable)
            CancelSettling();
        if (!output.WantsHandles)
            return;
        if (update.Handle is null)
        {
            await output.SendAsync(frame.Memory, frame.Type, MessageKind.Control).ConfigureAwait(false);
            return;
        }
        var ours = update.IsResumable ? await output.CheckpointAsync(new RelayState(upstream.Upstream.Id, update.Handle)).ConfigureAwait(false) : "";
        if (ours is not null)
            await output.SendAsync(update.Rewrite(frame.Payload, ours, before), frame.Type, MessageKind.Control).ConfigureAwait(false);
    }

    private static bool IsTransport(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    private static partial class Log
    {
        [LoggerMessage(EventIds.RelayDropped, LogLevel.Warning, "Session {SessionId} dropped {Frames} frames of sound or pictures: its upstream is being replaced")]
        public static partial void Dropped(ILogger logger, string sessionId, int frames);

        [LoggerMessage(EventIds.RelayFailed, LogLevel.Error, "The relay of session {SessionId} failed; the client gets 1011")]
        public static partial void PumpFailed(ILogger logger, string sessionId, Exception exception);

        [LoggerMessage(EventIds.RelayReplacing, LogLevel.Information, "Session {SessionId} replaces its connection to {Upstream}: {Cause}")]
        public static partial void Replacing(ILogger logger, string sessionId, string upstream, string cause);

        [LoggerMessage(EventIds.RelayReplaced, LogLevel.Information, "Session {SessionId} goes on at {Upstream} after {Gap}, {Held} frames were held")]
        public static partial void Replaced(ILogger logger, string sessionId, string upstream, TimeSpan gap, int held);

        [LoggerMessage(EventIds.RelayNotResumed, LogLevel.Warning, "Session {SessionId} could not go on at {Upstream}: {Code} {Reason}")]
        public static partial void NotResumed(ILogger logger, string sessionId, string upstream, int code, string reason);

        [LoggerMessage(EventIds.RelayUsageUnreadable, LogLevel.Warning, "Session {SessionId} has a usageMetadata that is not counted, because it is wrong at '{Path}'")]
        public static partial void UsageUnreadable(ILogger logger, string sessionId, string path);

        [LoggerMessage(EventIds.RelayGoAwayForwarded, LogLevel.Information, "Session {SessionId} has no handle of {Upstream}, so the client is told of its goAway")]
        public static partial void GoAwayForwarded(ILogger logger, string sessionId, string upstream);
    }
}

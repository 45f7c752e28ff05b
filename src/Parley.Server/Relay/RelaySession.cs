using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Parley.Server.Relay;

/// <summary>
/// One relayed session: it forwards messages in both directions, and can rotate to a new upstream connection while the client's connection stays.
/// <code>
/// Ready ──(pending rotation, safe point)──&gt; Settling ──(no output)──&gt; Replacing ──(resumed, held messages sent)──&gt; Ready
///   │  &lt;──(output began, held messages sent)──┘                         │
///   ├──(connection lost, or rotation deadline)──────────────────────────┘
///   └──(client left, or the upstream ended the session)──&gt; Ended
/// </code>
/// In every state but Ready, client messages are held. Only the pump from the upstream replaces a connection. This file has the direction from the client
/// to the upstream, RelaySession.Forwarding.cs the other one, RelaySession.Handles.cs its handles, RelaySession.Rotation.cs the rotation. Design: <c>docs/decisions/0035-relay-in-frames.md</c>.
/// </summary>
internal sealed partial class RelaySession : IMessageSession
{
    private readonly Lock _gate = new();
    private readonly RelayModel _relay;
    private readonly LiveModelStart _start;
    private readonly HeldMessages _held;
    private readonly OpenCalls _calls = new();
    private readonly PendingRotation _rotation;
    private readonly ReplacementLimit _replacements;
    private readonly UpstreamResumer _resumer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private UpstreamSocket _upstream;
    private IMessageOutput? _output;
    private Task _flushing = Task.CompletedTask;
    private TaskCompletionSource? _sent, _room;
    private ITimer? _settling;
    private volatile State _state;
    private string? _handle;
    private long _sentOnConnection, _sentBefore, _sentSinceHandle;
    private int _reportedHeldBytes;
    private bool _sending, _closeWhenSent, _isResumable, _inTurn, _askedSinceHandle;

    internal RelaySession(RelayModel relay, LiveModelStart start, RelayedSetup setup, OpenedUpstream opened, string? handle)
    {
        (_relay, _start, _upstream, _handle, Opening) = (relay, start, opened.Socket, handle, opened.SetupComplete);
        _held = new HeldMessages(relay.Options.MaxHeldBytes);
        _rotation = new PendingRotation(relay.Options, relay.Time, TryRotate, TimerFailed);
        _resumer = new UpstreamResumer(relay, setup, start);
        _replacements = new ReplacementLimit(relay.Time);
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
        var (payload, type, kind) = (message.Payload, message.Type, message.Kind);
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
            _askedSinceHandle |= kind is not (MessageKind.Audio or MessageKind.Video);
            if (_state != State.Ready)
                return Hold(payload.Span, type, kind);
            (_sending, upstream) = (true, _upstream);
        }
        ValueTask send;
        try
        {
            send = upstream.SendAsync(payload, type);
        }
        catch (Exception e) when (IsTransport(e))
        {
            send = ValueTask.FromException(e);
        }
        if (!send.IsCompletedSuccessfully)
            return FinishSendAsync(send, upstream, payload, type, kind);
        send.GetAwaiter().GetResult();
        Sent();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _ = ReleaseAsync();
        return default;
    }

    /// <summary>Ends the session and closes its upstream connection; completes when the upstream has answered the close or was disconnected.</summary>
    internal Task ReleaseAsync()
    {
        lock (_gate)
        {
            if (_state != State.Ended)
            {
                var ready = _state is State.Ready or State.Settling;
                _state = State.Ended;
                _rotation.Stop();
                StopHandleRetry();
                ClearHeld();
                if (_sending)
                    _closeWhenSent = true;
                else if (ready)
                    _upstream.BeginClose();
                else
                    _upstream.Abort();
            }
            // Without an output the pump was never started.
            if (_output is null)
                _ended.TrySetResult();
        }
        _resumer.Cancel();
        return _ended.Task;
    }

    private void CallAnswered(string id) => _output!.Meter.CallEnded(id, "answered");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishSendAsync(ValueTask send, UpstreamSocket upstream, ReadOnlyMemory<byte> payload, WebSocketMessageType type, MessageKind kind)
    {
        try
        {
            await send.ConfigureAwait(false);
            Sent();
        }
        catch (Exception e) when (IsTransport(e))
        {
            // The pump notices it by its own read. The unsent message is held for the next connection.
            upstream.Abort();
            ValueTask held;
            lock (_gate)
            {
                if (_state == State.Ready)
                    _state = State.Replacing;
                held = _state == State.Ended ? default : Hold(payload.Span, type, kind);
                SendEnded();
            }
            await held.ConfigureAwait(false);
        }
    }

    private void Sent()
    {
        lock (_gate)
        {
            _sentOnConnection++;
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
    private ValueTask Hold(ReadOnlySpan<byte> payload, WebSocketMessageType type, MessageKind kind)
    {
        var dropped = _held.Add(payload, type, kind);
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
        _relay.Metrics.Held.Add(_held.Bytes - _reportedHeldBytes);
        _reportedHeldBytes = _held.Bytes;
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

    private static bool IsTransport(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}

using Parley.Protocol;
using Parley.Protocol.Internal;

namespace Parley.Server.Relay;

/// <summary>Rotation to a new upstream connection, planned or after a loss.</summary>
internal sealed partial class RelaySession
{
    /// <summary>Handles a <c>goAway</c> of the upstream: with a handle the relay rotates, without one the client has to reconnect.</summary>
    /// <returns>Whether it is kept from the client.</returns>
    private bool OnGoAway(ReadOnlySpan<byte> goAway)
    {
        var left = TimeLeft(goAway);
        lock (_gate)
        {
            _rotation.Request("go_away", left - _relay.Options.RotationMargin);
            if (_handle is not null)
                return true;
            Log.GoAwayForwarded(_relay.Logger, _start.SessionId, _upstream.Upstream.Id);
            return false;
        }
    }

    private void TryRotate(bool force)
    {
        lock (_gate)
        {
            if (!_rotation.IsPending || _handle is null)
                return;
            if (force)
            {
                if (_state is State.Ready or State.Settling)
                    CloseUpstream();
                return;
            }
            // Not before the deadline: the connection before this one was replaced young, too.
            if (!_rotation.IsDue && !_replacements.MayReplaceEarly)
                return;
            var isOpen = !_isResumable || _calls.Count > 0 || Volatile.Read(ref _inTurn) || _sending;
            if (_state != State.Ready || isOpen || !_rotation.MayRotate(isQuiet: _sentSinceHandle == 0))
                return;
            _state = State.Settling;
            if (_relay.Options.RotationSettle == TimeSpan.Zero)
                CloseUpstream();
            else
                StartSettling();
        }
    }

    private void StartSettling()
    {
        _settling = _relay.Time.CreateGuardedTimer(this, static session => session.SettlingElapsed(), static (session, e) => session.TimerFailed(e));
        _settling.Change(_relay.Options.RotationSettle, Timeout.InfiniteTimeSpan);
    }

    private void TimerFailed(Exception exception)
    {
        Log.PumpFailed(_relay.Logger, _start.SessionId, exception);
        _output?.Close(LiveClose.Internal);
    }

    private void SettlingElapsed()
    {
        lock (_gate)
        {
            if (_state == State.Settling)
                CloseUpstream();
        }
    }

    // Under the lock. The old connection is closed first; the pump forwards its messages until it has answered the close.
    private void CloseUpstream()
    {
        StopSettling();
        _state = State.Replacing;
        if (_sending)
            _closeWhenSent = true;
        else
            _upstream.BeginClose();
    }

    private void StopSettling()
    {
        _settling?.Dispose();
        _settling = null;
    }

    // Output began while settling: it is forwarded to its end first.
    private void CancelSettling()
    {
        if (_state != State.Settling)
            return;
        lock (_gate)
        {
            if (_state != State.Settling)
                return;
            StopSettling();
            _state = State.Replacing;
        }
        _flushing = FlushAsync(_upstream);
    }

    /// <summary>Replaces an upstream connection that ended.</summary>
    /// <param name="old">The connection.</param>
    /// <param name="close">How it ended.</param>
    /// <param name="output">The client.</param>
    /// <returns>Null if the session continues; otherwise the close for the client.</returns>
    private async Task<LiveClose?> RotateAsync(UpstreamSocket old, LiveClose? close, IMessageOutput output)
    {
        var started = _relay.Time.GetTimestamp();
        // A send in progress on the old connection fails soon, and must not use the new one.
        await _flushing.ConfigureAwait(false);
        if (StopSending() is { } sending)
            await sending.ConfigureAwait(false);
        var end = close ?? UpstreamCloses.Lost;
        string? handle;
        string cause;
        lock (_gate)
        {
            if (_state == State.Ended)
                return end;
            handle = _handle;
            cause = old.IsClosedByUs ? _rotation.Cause : "loss";
        }
        if (!old.IsClosedByUs && (handle is null || !UpstreamCloses.IsResumable(close)))
        {
            if (UpstreamCloses.IsQuota(end))
                _relay.Pool.StartCoolDown(old.Upstream);
            return end;
        }
        if (!_replacements.TryReplace(out var inRow))
        {
            Log.TooManyReplacements(_relay.Logger, _start.SessionId, old.Upstream.Id, inRow, ReplacementLimit.GoodLife);
            _relay.Metrics.Rotated(cause, "refused", TimeSpan.Zero);
            return old.IsClosedByUs ? UpstreamCloses.Unavailable : end;
        }
        Log.Replacing(_relay.Logger, _start.SessionId, old.Upstream.Id, cause);
        var (opened, refusal) = await _resumer.ResumeAsync(old.Upstream, handle!, inRow).ConfigureAwait(false);
        var gap = _relay.Time.GetElapsedTime(started);
        _relay.Metrics.Rotated(cause, opened is null ? "failed" : "resumed", gap);
        if (opened is null)
        {
            // The close of the lost connection says more than the failed resumption, unless the relay closed it.
            var shown = old.IsClosedByUs ? refusal! : end;
            Log.NotResumed(_relay.Logger, _start.SessionId, old.Upstream.Id, refusal!.Code, LogText.Clean(refusal.Reason));
            return shown;
        }
        return SwitchTo(opened, output, gap) ? null : end;
    }

    private Task? StopSending()
    {
        lock (_gate)
        {
            StopSettling();
            if (_state is State.Ready or State.Settling)
                _state = State.Replacing;
            return _sending ? (_sent ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : null;
        }
    }

    /// <summary>Switches to a new connection: open calls and turns of the old one are ended, held messages are sent.</summary>
    private bool SwitchTo(OpenedUpstream opened, IMessageOutput output, TimeSpan gap)
    {
        IReadOnlyList<string> lostCalls;
        bool turnLost;
        int held;
        lock (_gate)
        {
            if (_state == State.Ended)
            {
                opened.Socket.Abort();
                return false;
            }
            _upstream = opened.Socket;
            (_sentBefore, _sentOnConnection, _sentSinceHandle) = (_sentBefore + _sentOnConnection, 0, 0);
            (_isResumable, turnLost, _inTurn) = (true, _inTurn, false);
            _replacements.Connected();
            lostCalls = _calls.Count > 0 ? _calls.MarkLost() : [];
            held = _held.Count;
            _rotation.Connected();
        }
        // A resumed model knows of neither (docs/protocol.md#92-resumption): without these messages the client would wait forever.
        if (lostCalls.Count > 0)
            output.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = lostCalls } });
        foreach (var id in lostCalls)
            output.Meter.CallEnded(id, "lost");
        if (turnLost)
        {
            output.Send(new LiveSessionResponse { ServerContent = new ServerContent { TurnComplete = true } });
            output.Meter.TurnEnded("lost");
        }
        Log.Replaced(_relay.Logger, _start.SessionId, opened.Socket.Upstream.Id, gap, held);
        _flushing = FlushAsync(opened.Socket);
        return true;
    }

    private async Task FlushAsync(UpstreamSocket upstream)
    {
        while (true)
        {
            HeldMessage? message;
            lock (_gate)
            {
                if (_state == State.Ended || !_held.TryTake(out message))
                {
                    if (_state == State.Replacing)
                        _state = State.Ready;
                    HeldChanged();
                    if (_rotation.IsDue)
                        TryRotate(force: true);
                    return;
                }
                HeldChanged();
            }
            try
            {
                await upstream.SendAsync(message.Payload, message.Type).ConfigureAwait(false);
                lock (_gate)
                {
                    _sentOnConnection++;
                    _sentSinceHandle++;
                }
                message.Release();
            }
            catch (Exception e) when (IsTransport(e))
            {
                // The pump notices it by its own read; this message is the first one for the next connection.
                upstream.Abort();
                lock (_gate)
                {
                    if (_state == State.Ended)
                        message.Release();
                    else
                        _held.PutBack(message);
                    HeldChanged();
                }
                return;
            }
        }
    }

    private static TimeSpan TimeLeft(ReadOnlySpan<byte> goAway)
    {
        try
        {
            return LiveCodec.DecodeResponse([.. "{\"goAway\":"u8, .. goAway, .. "}"u8]).GoAway?.TimeLeft ?? TimeSpan.Zero;
        }
        catch (LiveProtocolException)
        {
            return TimeSpan.Zero;
        }
    }
}

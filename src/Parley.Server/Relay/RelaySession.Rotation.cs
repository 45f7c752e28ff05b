using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Storage;
using Parley.Server.Wire;

namespace Parley.Server.Relay;

/// <summary>How one upstream connection gives way to the next.</summary>
internal sealed partial class RelaySession
{
    /// <summary>Losses without a good session between them; then the close goes to the client.</summary>
    private const int MaxLossesInRow = 3;

    /// <summary>A connection that lived this long was good (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
    private static readonly TimeSpan GoodLife = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>The upstream will go. Its notice is ours as long as we can resume; else the client has to see to it.</summary>
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
            var isOpen = !_isResumable || _calls.Count > 0 || Volatile.Read(ref _inTurn) || _sending;
            if (_state != State.Ready || isOpen || !_rotation.MayRotate(isQuiet: _sentSinceHandle == 0))
                return;
            _state = State.Settling;
            if (_relay.Options.RotationSettle == TimeSpan.Zero)
                CloseUpstream();
            else
                _settling = _relay.Time.CreateTimer(static state => ((RelaySession)state!).SettlingElapsed(), this, _relay.Options.RotationSettle, Timeout.InfiniteTimeSpan);
        }
    }

    private void SettlingElapsed()
    {
        lock (_gate)
        {
            if (_state == State.Settling)
                CloseUpstream();
        }
    }

    // Under the lock. The old one goes first, and says to its end what it has to say: the pump reads on until it has answered.
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

    // Something was under way that nobody knew of: it is heard to its end first.
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

    /// <summary>Takes the place of an upstream that ended.</summary>
    /// <param name="old">The upstream.</param>
    /// <param name="close">How it ended.</param>
    /// <param name="output">The client.</param>
    /// <returns>Null where the session goes on; else how the client's connection is to end.</returns>
    private async Task<LiveClose?> RotateAsync(UpstreamSocket old, LiveClose? close, IMessageOutput output)
    {
        var started = _relay.Time.GetTimestamp();
        // Whoever is still sending there fails soon, and must not meet the next one.
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
        if (!old.IsClosedByUs && !MayResume(close, handle))
        {
            if (UpstreamCloses.IsQuota(end))
                _relay.Pool.StartCoolDown(old.Upstream);
            return end;
        }
        Log.Replacing(_relay.Logger, _start.SessionId, old.Upstream.Id, cause);
        var (opened, refusal) = await ResumeAsync(old.Upstream, handle!).ConfigureAwait(false);
        var gap = _relay.Time.GetElapsedTime(started);
        _relay.Metrics.Rotated(cause, opened is null ? "failed" : "resumed", gap);
        if (opened is null)
        {
            // What ended the connection says more than what kept it from being resumed, unless we ended it.
            var shown = old.IsClosedByUs ? refusal! : end;
            Log.NotResumed(_relay.Logger, _start.SessionId, old.Upstream.Id, refusal!.Code, CloseReason.Cut(refusal.Reason).ReplaceLineEndings(" "));
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

    private bool MayResume(LiveClose? close, string? handle)
    {
        if (_relay.Time.GetElapsedTime(_connectedAt) >= GoodLife)
            _lossesInRow = 0;
        return handle is not null && UpstreamCloses.IsResumable(close) && ++_lossesInRow <= MaxLossesInRow;
    }

    private async Task<(OpenedUpstream? Opened, LiveClose? Refusal)> ResumeAsync(Upstream upstream, string handle)
    {
        using var gone = new CancellationTokenSource();
        lock (_gate)
            _dialing = gone;
        try
        {
            return await ResumeAsync(upstream, handle, gone.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            return (null, UpstreamCloses.Lost);
        }
        finally
        {
            lock (_gate)
                _dialing = null;
        }
    }

    private async Task<(OpenedUpstream? Opened, LiveClose? Refusal)> ResumeAsync(Upstream upstream, string handle, CancellationToken cancellationToken)
    {
        var delay = FirstDelay;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Handles are bound to their key: no other upstream can resume this session.
                return (await _relay.Dialer.OpenOnAsync(upstream, _setup.With(handle), _setup.Type, _start.ApiVersion, cancellationToken).ConfigureAwait(false), null);
            }
            catch (LiveCloseException e)
            {
                if (attempt >= _relay.Options.ResumeAttempts || !UpstreamCloses.IsResumable(e.Close))
                    return (null, e.Close);
            }
            await Task.Delay(delay, _relay.Time, cancellationToken).ConfigureAwait(false);
            delay *= 2;
        }
    }

    /// <summary>What was open at the old one is over, what was held goes to the new one.</summary>
    private bool SwitchTo(OpenedUpstream opened, IMessageOutput output, TimeSpan gap)
    {
        IReadOnlyList<string> lostCalls;
        bool cutTurn;
        int held;
        lock (_gate)
        {
            if (_state == State.Ended)
            {
                opened.Socket.Abort();
                return false;
            }
            _upstream = opened.Socket;
            (_sentBefore, _sentHere, _sentSinceHandle) = (_sentBefore + _sentHere, 0, 0);
            (_isResumable, cutTurn, _inTurn) = (true, _inTurn, false);
            _connectedAt = _relay.Time.GetTimestamp();
            lostCalls = _calls.Count > 0 ? _calls.Forget() : [];
            held = _held.Count;
            _rotation.Connected();
        }
        // A resumed model knows of neither (docs/protocol.md#92-resumption): without a word the client would wait for ever.
        if (lostCalls.Count > 0)
            output.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = lostCalls } });
        foreach (var id in lostCalls)
            output.Meter.CallEnded(id, "lost");
        if (cutTurn)
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
            HeldMessage? frame;
            lock (_gate)
            {
                if (_state == State.Ended || !_held.TryTake(out frame))
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
                await upstream.SendAsync(frame.Payload, frame.Type).ConfigureAwait(false);
                lock (_gate)
                {
                    _sentHere++;
                    _sentSinceHandle++;
                }
                frame.Release();
            }
            catch (Exception e) when (IsTransport(e))
            {
                // The pump learns of it by its own read; this frame is the first for the next upstream.
                upstream.Abort();
                lock (_gate)
                {
                    if (_state == State.Ended)
                        frame.Release();
                    else
                        _held.PutBack(frame);
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

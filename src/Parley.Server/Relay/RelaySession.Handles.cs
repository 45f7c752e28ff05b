using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Protocol.Internal;

namespace Parley.Server.Relay;

/// <summary>
/// Handles of the upstream become handles of this server. A handle is forwarded when its state is saved. If the store fails, it is tried again every second
/// while the handle is the newest one and the client has not asked on: a client takes everything it said before a handle for part of its state.
/// </summary>
internal sealed partial class RelaySession
{
    private static readonly TimeSpan HandleRetryDelay = TimeSpan.FromSeconds(1);

    private ITimer? _handleRetry;
    private LateHandle? _lateHandle;

    private async ValueTask ForwardHandleAsync(
        ResumptionUpdate update, ReadOnlyMemory<byte> message, WebSocketMessageType type, UpstreamSocket upstream, IMessageOutput output)
    {
        long before;
        lock (_gate)
        {
            _isResumable = update is { IsResumable: true, Handle: not null };
            _lateHandle = null;
            if (_isResumable)
                (_handle, _sentSinceHandle, _askedSinceHandle) = (update.Handle, 0, false);
            before = _sentBefore;
        }
        if (!update.IsResumable)
            CancelSettling();
        if (!output.WantsHandles)
            return;
        if (update.Handle is null)
        {
            await output.SendAsync(message, type, MessageKind.Control).ConfigureAwait(false);
            return;
        }
        var state = new RelayState(upstream.Upstream.Id, update.Handle);
        var handle = update.IsResumable ? await output.CheckpointAsync(state).ConfigureAwait(false) : "";
        if (handle is not null)
            await output.SendAsync(update.Rewrite(message.Span, handle, before), type, MessageKind.Control).ConfigureAwait(false);
        else
            RetryLater(new LateHandle(state, update.Index + before));
    }

    private void RetryLater(LateHandle late)
    {
        lock (_gate)
        {
            if (_state == State.Ended || _handle != late.State.Handle)
                return;
            _lateHandle = late;
            _handleRetry ??= _relay.Time.CreateGuardedTimer(this, static session => _ = session.RetryHandleAsync(), static (session, e) => session.TimerFailed(e));
            _handleRetry.Change(HandleRetryDelay, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RetryHandleAsync()
    {
        try
        {
            if (Volatile.Read(ref _lateHandle) is not { } late || _output is not { } output)
                return;
            var handle = await output.CheckpointAsync(late.State).ConfigureAwait(false);
            if (handle is null)
            {
                RetryLater(late);
                return;
            }
            // Sent under the lock, so that it does not follow a message that withdraws it.
            lock (_gate)
            {
                if (_lateHandle == late && IsStillSent(late))
                    output.Send(new LiveSessionResponse { SessionResumptionUpdate = new SessionResumptionUpdate { NewHandle = handle, Resumable = true, LastConsumedClientMessageIndex = late.Consumed } });
                if (_lateHandle == late)
                    _lateHandle = null;
            }
        }
        catch (Exception e)
        {
            TimerFailed(e);
        }
    }

    // With an index, the client knows what the state contains.
    private bool IsStillSent(LateHandle late) => _state != State.Ended && _isResumable && (late.Consumed is not null || !_askedSinceHandle);

    private void StopHandleRetry()
    {
        _lateHandle = null;
        _handleRetry?.Dispose();
    }

    /// <summary>A handle that is not saved yet.</summary>
    /// <param name="State">What to save.</param>
    /// <param name="Consumed">Messages of the client that it covers; null if the upstream does not say.</param>
    private sealed record LateHandle(RelayState State, long? Consumed);
}

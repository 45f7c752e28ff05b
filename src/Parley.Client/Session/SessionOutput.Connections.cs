using Parley.Client.Transport;
using Parley.Protocol;

namespace Parley.Client.Session;

// Leaving a connection, and starting the next one with what it continues with.
#pragma warning disable CA1001 // The semaphore has no wait handle: there is nothing to free.
internal sealed partial class SessionOutput
#pragma warning restore CA1001 // see above
{
    // A model that generates its turns again at length, or not at all, must not keep the user waiting.
    private static readonly TimeSpan MaxRepeatWait = TimeSpan.FromSeconds(10);

    private static readonly LiveSessionRequest ActivityStart = new() { RealtimeInput = new RealtimeInput { ActivityStart = Empty.Instance } };

    /// <summary>
    /// Leaves the connection: what is sent from now on is held. Waits for a write in progress, which ends with the socket at the latest.
    /// </summary>
    internal async Task DetachAsync()
    {
        await _writer.WaitAsync().ConfigureAwait(false);
        _transport = _repeating = null;
        _writer.Release();
    }

    /// <summary>
    /// Starts a new connection: sends history, the messages to resend and what was held, in this order; then opens it for all callers. If
    /// it breaks meanwhile, the rest is left for the next one. What was sent after a turn that the model generates again waits for that turn,
    /// because it would interrupt it; only results of functions do not wait.
    /// </summary>
    internal async Task AttachAsync(LiveTransport transport, Carryover carryover, IReadOnlyList<Content>? history, bool historyIsInitial)
    {
        await _writer.WaitAsync().ConfigureAwait(false);
        try
        {
            // It has ended already: another one follows.
            if (transport.Ended.IsCompleted)
                return;
            if (history is { Count: > 0 } && !await TrySendAsync(transport, Seed(history, historyIsInitial)).ConfigureAwait(false))
                return;
            if (carryover.StartsActivity && !await TrySendAsync(transport, ActivityStart).ConfigureAwait(false))
                return;
            var start = options.TimeProvider.GetTimestamp();
            foreach (var entry in carryover.Resend)
            {
                if (state.WhenRepeated(entry.AfterTurns) is { } repeated && !await WaitAsync(transport, repeated, start).ConfigureAwait(false))
                    return;
                state.Resending(entry);
                if (!await TryWriteAsync(transport, entry.Message).ConfigureAwait(false))
                    return;
            }
            if (state.WhenRepeated() is { } all && !await WaitAsync(transport, all, start).ConfigureAwait(false))
                return;
            if (await TrySendHeldAsync(transport).ConfigureAwait(false) && !transport.Ended.IsCompleted)
                _transport = transport;
        }
        finally
        {
            Leave();
        }
    }

    // Leaves the socket to results of functions meanwhile. False: the connection is over, or was left.
    private async Task<bool> WaitAsync(LiveTransport transport, Task repeated, long start)
    {
        var left = MaxRepeatWait - options.TimeProvider.GetElapsedTime(start);
        if (left <= TimeSpan.Zero)
            return true;
        _repeating = transport;
        Leave();
        using var delayCts = new CancellationTokenSource();
        await Task.WhenAny(repeated, transport.Ended, Task.Delay(left, options.TimeProvider, delayCts.Token)).ConfigureAwait(false);
        await delayCts.CancelAsync().ConfigureAwait(false);
        await _writer.WaitAsync().ConfigureAwait(false);
        var isStillOurs = _repeating == transport && !transport.Ended.IsCompleted;
        _repeating = null;
        return isStillOurs;
    }

    private async ValueTask<bool> TrySendHeldAsync(LiveTransport transport)
    {
        while (_held.TryPeek(out var item))
        {
            if (item.Pcm is { } pcm)
            {
                if (!await TrySendAudioAsync(transport, pcm.AsMemory(0, item.Length), item.RateHz).ConfigureAwait(false))
                    return false;
            }
            else if (item.Message!.TryTake())
            {
                try
                {
                    if (!await TrySendAsync(transport, item.Message.Build()).ConfigureAwait(false))
                        return false;
                    item.Message.Written();
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    // A message that cannot be encoded fails for its own caller, not for those after it.
                    item.Message.Fail(e);
                }
            }
            _held.RemoveFirst();
        }
        return true;
    }

    private static LiveSessionRequest Seed(IReadOnlyList<Content> history, bool isInitial) =>
        new() { ClientContent = new ClientContent { Turns = history, TurnComplete = isInitial } };
}

using System.Runtime.CompilerServices;

namespace Parley.Client.Session;

/// <summary>
/// One exchange of a session: sends a question and reads until nothing more follows. Uses public members of the session, so that it
/// works on a test double too; the parts, if there are any, tell old updates from new ones and what the session waits for.
/// </summary>
internal sealed class Exchange(LiveSession session, SessionParts? parts, bool isSpeech = false)
{
    private readonly TimeProvider _clock = parts?.Options.TimeProvider ?? TimeProvider.System;
    private readonly TimeSpan _patience = parts?.Options.AnswerTimeout ?? new LiveClientOptions().AnswerTimeout;

    // Output of turns up to here answers earlier input.
    private readonly (long Turn, long Completed) _earlier = parts?.State.Position ?? (-1, -1);
    private TurnCompleteUpdate? _answered; // the last turn that answers this exchange
    private long _progress;

    /// <summary>The updates of the exchange. Sending begins with the enumeration, and goes on while updates are read.</summary>
    /// <exception cref="TimeoutException">The server was silent for too long.</exception>
    /// <exception cref="LiveSessionException">The session ended.</exception>
    internal async IAsyncEnumerable<LiveUpdate> RunAsync(
        Func<CancellationToken, Task> send, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var endCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _progress = _clock.GetTimestamp();
        var updates = session.ReadAllAsync(endCts.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = updates.MoveNextAsync().AsTask();
        Task sending = Task.CompletedTask;
        try
        {
            // Another loop may be reading: then nothing is sent.
            if (next.IsFaulted)
                await next.ConfigureAwait(false);
            sending = send(endCts.Token);
            while (await HasNextAsync(next, sending, cancellationToken).ConfigureAwait(false))
            {
                var update = updates.Current;
                Note(update);
                if (!IsEarlier(update))
                    yield return update;
                if (update is SessionEndedUpdate { End: var end })
                    throw new LiveSessionException(end);
                if (IsEnd(update) && sending.IsCompletedSuccessfully && _answered is not null)
                    yield break;
                next = updates.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await endCts.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(Quietly(next), Quietly(sending)).ConfigureAwait(false);
            await updates.DisposeAsync().ConfigureAwait(false);
        }
    }

    // False: nothing more follows, because the session ended before or the silence says so.
    private async Task<bool> HasNextAsync(Task<bool> next, Task sending, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (sending.IsFaulted || sending.IsCanceled)
                await sending.ConfigureAwait(false);
            if (!next.IsCompleted && !sending.IsCompleted)
            {
                await Task.WhenAny(next, sending).ConfigureAwait(false);
                _progress = _clock.GetTimestamp();
                continue;
            }
            // The answer may have come before the write of the question returned. Speech may be answered several times.
            if (!next.IsCompleted && !isSpeech && _answered is { IsIdle: true } last && parts?.State.IsStillIdle(last) is true)
                return false;
            if (next.IsCompleted)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return await next.ConfigureAwait(false) || await EndAsync(sending).ConfigureAwait(false);
            }
            if (await IsSilentAsync(next, cancellationToken).ConfigureAwait(false))
                return false;
        }
    }

    // The updates ended without an end of the session: it was delivered before, or this is a test double.
    private async Task<bool> EndAsync(Task sending)
    {
        await sending.ConfigureAwait(false);
        if (parts is not null)
            throw new LiveSessionException(await parts.State.Completion.ConfigureAwait(false));
        return false;
    }

    private async Task<bool> IsSilentAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        // An answer that ended while audio was still being sent may have been the last one.
        var mayBeOver = _answered is not null && parts?.State.IsBusy is not true;
        var limit = mayBeOver ? IdleClock.Grace : _patience;
        var left = limit == Timeout.InfiniteTimeSpan ? limit : limit - _clock.GetElapsedTime(_progress);
        if (left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan)
        {
            using var delayCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var first = await Task.WhenAny(next, Task.Delay(left, _clock, delayCts.Token)).ConfigureAwait(false);
            await delayCts.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (first == next)
                return false;
        }
        if (session.IsReconnecting || parts?.Tools.IsRunning is true)
        {
            _progress = _clock.GetTimestamp();
            return false;
        }
        if (_answered is not null)
            return true;
        throw new TimeoutException(
            $"The model did not answer within {_patience.TotalSeconds:0.#} s (LiveClientOptions.AnswerTimeout). The session is still open. "
            + "If audio was sent, perhaps nothing was understood: turn on LiveSetup.InputTranscription to see what was.");
    }

    private void Note(LiveUpdate update)
    {
        if (update is not (ResumptionUpdate or GoAwayUpdate or ReconnectingUpdate or ReconnectedUpdate or UnknownMessageUpdate or UnreadableMessageUpdate))
            _progress = _clock.GetTimestamp();
        if (update is TurnCompleteUpdate complete && !IsEarlier(complete))
            _answered = complete;
    }

    private static bool IsEnd(LiveUpdate update) => update is TurnCompleteUpdate { IsIdle: true } or IdleUpdate;

    private bool IsEarlier(LiveUpdate update) => update switch
    {
        AudioUpdate or TextUpdate or ThoughtUpdate or MediaUpdate or CodeUpdate or PartUpdate or OutputTranscriptUpdate or GroundingUpdate
            or ToolCallUpdate or GenerationCompleteUpdate or InterruptedUpdate or UsageUpdate => update.Turn <= _earlier.Turn,
        TurnCompleteUpdate complete => complete.Completed <= _earlier.Completed,
        _ => false,
    };

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

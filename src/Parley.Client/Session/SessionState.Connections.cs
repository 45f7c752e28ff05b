using Parley.Client.Connecting;
using Parley.Client.Ending;
using Parley.Client.Resumption;
using Parley.Client.Transport;

namespace Parley.Client.Session;

// The connections of a session: its phase, what a new connection continues with, and how the last one ended.
#pragma warning disable CA1001 // The sources have no timer and no wait handle: there is nothing to free.
internal sealed partial class SessionState
#pragma warning restore CA1001 // see above
{
    /// <summary>Changes the phase; false if another caller changed it first.</summary>
    internal bool TryChange(SessionPhase from, SessionPhase to)
    {
        lock (_lock)
        {
            if (_phase != from)
                return false;
            _phase = to;
            return true;
        }
    }

    /// <summary>True for the first caller, which then sends the close.</summary>
    internal bool TryBeginClose()
    {
        lock (_lock)
        {
            if (_phase is SessionPhase.Closing or SessionPhase.Ended)
                return false;
            _phase = SessionPhase.Closing;
        }
        _ = _closing.CancelAsync();
        return true;
    }

    /// <summary>Records the loss of the connection and returns its cause, corrected by what the session knows.</summary>
    /// <param name="end">How it ended.</param>
    /// <returns>The cause to act on; null if the caller closed the session.</returns>
    internal CloseCause? Lose(TransportEnd end)
    {
        lock (_lock)
        {
            var planned = _phase == SessionPhase.Rotating;
            if (_phase is SessionPhase.Closing or SessionPhase.Ended)
                return null;
            _phase = SessionPhase.Reconnecting;
            var announced = _goingAway;
            (_goingAway, _resumable) = (false, false);
            if (planned || (announced && end.Cause.Cause is EndCause.Completed))
                return new CloseCause(EndCause.LifetimeOver, RetryAdvice.Resume);
            return end.Cause.Cause == EndCause.Completed && _turn.IsMidAnswer ? end.Cause with { Advice = RetryAdvice.Resume } : end.Cause;
        }
    }

    /// <summary>Drops the handle: the server refused it.</summary>
    internal void DropHandle()
    {
        lock (_lock)
            _handle = null;
    }

    /// <summary>Starts a new connection: decides what it continues with.</summary>
    internal Carryover BeginConnection(bool isResumed, bool replay)
    {
        lock (_lock)
        {
            var (open, answered) = _calls.Resume(isResumed);
            var (resend, messages, audio) = _outbox.BeginConnection(replay, KnowsCalls);
            var startsActivity = _turn.IsActivityOpen && !resend.Exists(static entry => entry.Traits.ActivityStart);
            // Speech that is resent is answered again, if all of it is there.
            var isSpeechResent = options.Transparent && audio == TimeSpan.Zero && resend.Exists(static entry => entry.Traits.Audio > TimeSpan.Zero);
            var cut = _turn.Resume(isSpeechResent || resend.Exists(static entry => entry.Traits.ExpectsAnswer));
            foreach (var entry in resend)
                entry.AfterTurns = _turn.Ended + Math.Clamp(entry.AfterTurns - _turn.EndedAtResumedState, 0, _turn.WholeRepeats);
            _turnOver?.TrySetResult();
            var restarts = options.RepeatedAnswer == RepeatedAnswer.Restart && resend.Count > 0;
            if (!isResumed)
                _handle = null;
            return new Carryover(resend, startsActivity, restarts, new ReconnectLoss
            {
                Conversation = !isResumed,
                Answer = cut,
                Audio = audio,
                Messages = messages,
                ToolCalls = [.. open, .. answered],
            });
        }
    }

    /// <summary>
    /// Completes when turns that the user has received are generated again, so that what was sent after them does not interrupt them.
    /// </summary>
    /// <param name="afterTurns">How many turns must have ended; null = all that are repeated.</param>
    /// <returns>Null if nothing must be waited for.</returns>
    internal Task? WhenRepeated(long? afterTurns = null)
    {
        lock (_lock)
        {
            var turns = afterTurns ?? _turn.Ended + _turn.WholeRepeats;
            if (!IsRepeating(turns))
                return null;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _repeated = (done, turns);
            return done.Task;
        }
    }

    private bool IsRepeating(long afterTurns) => _turn.Ended < afterTurns && _turn.WholeRepeats > 0;

    /// <summary>Records that a kept message is sent again.</summary>
    internal void Resending(OutboxEntry entry)
    {
        lock (_lock)
        {
            _turn.Sent(entry.Traits, again: true);
            if (entry.Traits is { CallIds: not null, ExpectsAnswer: true })
                _turn.SentResult(isBlocking: true);
            _outbox.Resent(entry);
        }
    }

    internal SessionEnd ToEnd(TransportEnd end, Credential? credential)
    {
        lock (_lock)
        {
            if (_phase == SessionPhase.Closing)
                return new SessionEnd(EndCause.ByClient, end.CloseCode, end.Reason) { ResumptionHandle = _handle };
            var isSpent = end.Cause.Advice == RetryAdvice.StartFresh;
            var midAnswer = end.Cause.Cause == EndCause.Completed && _turn.IsMidAnswer;
            return new SessionEnd(end.Cause.Cause, end.CloseCode, credential?.Redact(end.Reason) ?? end.Reason)
            {
                Advice = midAnswer ? RetryAdvice.Resume : end.Cause.Advice,
                IsMidAnswer = _turn.IsMidAnswer,
                ResumptionHandle = isSpent ? null : _handle,
                Error = end.Error,
            };
        }
    }

    internal void Complete(SessionEnd end)
    {
        lock (_lock)
        {
            _phase = SessionPhase.Ended;
            _turnOver?.TrySetResult();
        }
        if (!_completion.Task.IsCompleted)
            Telemetry?.Ended(end);
        if (_completion.TrySetResult(end))
            _ = _ended.CancelAsync(); // Cancels the tools, whose callbacks are user code: not on the pump.
    }

    private bool KnowsCalls(OutboxEntry entry) => entry.Traits.CallIds is not { Count: > 0 } ids || ids.All(_calls.IsKnown);
}

/// <summary>What a new connection continues with.</summary>
/// <param name="Resend">Messages to resend, in order.</param>
/// <param name="StartsActivity">The client has an open activity, which the new connection must be told.</param>
/// <param name="Restarts">Answers will be delivered again from the beginning.</param>
/// <param name="Lost">What did not survive.</param>
internal sealed record Carryover(List<OutboxEntry> Resend, bool StartsActivity, bool Restarts, ReconnectLoss Lost);

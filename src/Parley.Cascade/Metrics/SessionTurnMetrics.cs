namespace Parley.Cascade.Metrics;

/// <summary>
/// Keeps the ledgers of a session's turns: gathered (the user's side) -> answered -> closed, and told to the log once. A turn is closed when
/// its answer is complete and written, when an interrupted answer has fallen silent, when it is clear that nothing will be said, or when the
/// session ends. Used under the session's lock.
/// </summary>
internal sealed class SessionTurnMetrics(TurnMetricsReporter log, string sessionId)
{
    // Complete or interrupted, and not over yet: something is still to be written, or to fall silent.
    private readonly List<TurnMetrics> _closing = [];
    private TurnMetrics? _gathered;
    private TurnMetrics? _answered;
    private int _turns;

    internal void SpeechEnded(TimeSpan endOfSpeech, TimeSpan decided)
    {
        var turn = _gathered ??= new TurnMetrics();
        turn.Replace(TurnMark.EndOfSpeech, endOfSpeech);
        turn.Replace(TurnMark.EndDecided, decided);
    }

    internal void Typed(TimeSpan now)
    {
        SpeechEnded(now, now);
        _gathered!.HasWords = true;
    }

    internal void Understood(bool hasWords, bool awaitsMore, TimeSpan now)
    {
        if (_gathered is not { } turn)
            return;
        turn.Replace(TurnMark.FinalTranscript, now);
        turn.HasWords |= hasWords;
        if (turn.HasWords || awaitsMore)
            return;
        _gathered = null;
        Close(turn, TurnOutcomes.NoOutput);
    }

    internal void GenerationStarted(int generation, TimeSpan now)
    {
        // A turn that waited for a tool goes on; anything else is a new one.
        if (_answered is null)
        {
            _answered = _gathered ?? new TurnMetrics();
            _answered.Mark(TurnMark.EndDecided, now);
            _gathered = null;
        }
        _answered.Generation = generation;
    }

    internal void Mark(int generation, TurnMark mark, TimeSpan now)
    {
        if (_answered is { } turn && turn.Generation == generation)
            turn.Mark(mark, now);
    }

    internal void Failed(int generation)
    {
        if (_answered is { } turn && turn.Generation == generation)
            turn.HasFailed = true;
    }

    internal void Queued(int generation)
    {
        if (Of(generation) is { } turn)
            turn.Unsent++;
    }

    internal void Sent(int generation, bool isAudible, TimeSpan now)
    {
        if (Of(generation) is not { } turn)
            return;
        turn.Unsent--;
        if (isAudible)
            turn.Mark(TurnMark.FirstAudible, now);
        if (turn.Unsent == 0 && turn[TurnMark.InterruptedAt] is null && _closing.Remove(turn))
            Complete(turn, now);
    }

    internal void Interrupted(TimeSpan now) => _answered?.Mark(TurnMark.InterruptedAt, now);

    internal void TurnCompleted(bool answerRuns, TimeSpan now)
    {
        if (_answered is not { } turn)
            return;
        _answered = null;
        if (turn[TurnMark.InterruptedAt] is not null)
        {
            turn.Mark(TurnMark.TurnComplete, now);
            _closing.Add(turn);
            if (!answerRuns)
                AnswerEnded(turn.Generation, now);
        }
        else if (turn.Unsent > 0)
        {
            _closing.Add(turn);
        }
        else
        {
            Complete(turn, now);
        }
    }

    /// <summary>ChatModel and voice of a generation have stopped.</summary>
    internal void AnswerEnded(int generation, TimeSpan now)
    {
        var turn = _closing.Find(turn => turn.Generation == generation && turn[TurnMark.InterruptedAt] is not null);
        if (turn is null)
            return;
        _closing.Remove(turn);
        turn.Mark(TurnMark.SilenceReached, now);
        Close(turn, TurnOutcomes.Interrupted);
    }

    internal void SessionEnded()
    {
        foreach (var turn in _closing)
            Close(turn, turn[TurnMark.InterruptedAt] is null ? TurnOutcomes.Aborted : TurnOutcomes.Interrupted);
        _closing.Clear();
        if (_answered is { } answered)
            Close(answered, TurnOutcomes.Aborted);
        if (_gathered is { } gathered)
            Close(gathered, TurnOutcomes.Aborted);
        (_answered, _gathered) = (null, null);
    }

    private TurnMetrics? Of(int generation) => _answered?.Generation == generation ? _answered : _closing.Find(turn => turn.Generation == generation);

    private void Complete(TurnMetrics turn, TimeSpan now)
    {
        turn.Mark(TurnMark.TurnComplete, now);
        Close(turn, turn.HasFailed ? TurnOutcomes.Failed : turn[TurnMark.FirstToken] is null ? TurnOutcomes.NoOutput : TurnOutcomes.Completed);
    }

    private void Close(TurnMetrics turn, string outcome) => log.Tell(sessionId, ++_turns, turn, outcome);
}

namespace Parley.Cascade.Metrics;

/// <summary>
/// Measures the turns of a session: input (the user's side) -> answer -> closed, and reports each once. A turn is closed when its answer is
/// complete and written, when an interrupted answer has fallen silent, when it is clear that there will be no answer, or when the session
/// ends. Used under the session's lock.
/// </summary>
internal sealed class SessionTurnMetrics(TurnMetricsReporter reporter, string sessionId)
{
    // Complete or interrupted but not closed: audio is still to be written, or the answer is still to stop.
    private readonly List<TurnMetrics> _closing = [];
    private TurnMetrics? _inputTurn;
    private TurnMetrics? _answerTurn;
    private int _turns;

    internal void SpeechEnded(TimeSpan endOfSpeech, TimeSpan decided)
    {
        var turn = _inputTurn ??= new TurnMetrics();
        turn.Replace(TurnMark.EndOfSpeech, endOfSpeech);
        turn.Replace(TurnMark.EndDecided, decided);
    }

    internal void Typed(TimeSpan now)
    {
        SpeechEnded(now, now);
        _inputTurn!.HasWords = true;
    }

    internal void Recognized(bool hasWords, bool awaitsMore, TimeSpan now)
    {
        if (_inputTurn is not { } turn)
            return;
        turn.Replace(TurnMark.FinalTranscript, now);
        turn.HasWords |= hasWords;
        if (turn.HasWords || awaitsMore)
            return;
        _inputTurn = null;
        Close(turn, TurnOutcomes.NoOutput);
    }

    internal void GenerationStarted(int generation, TimeSpan now)
    {
        // A turn that waited for a function result continues; anything else is a new turn.
        if (_answerTurn is null)
        {
            _answerTurn = _inputTurn ?? new TurnMetrics();
            _answerTurn.Mark(TurnMark.EndDecided, now);
            _inputTurn = null;
        }
        _answerTurn.Generation = generation;
    }

    internal void Mark(int generation, TurnMark mark, TimeSpan now)
    {
        if (_answerTurn is { } turn && turn.Generation == generation)
            turn.Mark(mark, now);
    }

    internal void Failed(int generation)
    {
        if (_answerTurn is { } turn && turn.Generation == generation)
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

    internal void Interrupted(TimeSpan now)
    {
        _answerTurn?.Mark(TurnMark.InterruptedAt, now);
        // What is still to be written of a complete turn is dropped.
        foreach (var turn in _closing.FindAll(static turn => turn[TurnMark.InterruptedAt] is null))
        {
            _closing.Remove(turn);
            turn.Mark(TurnMark.InterruptedAt, now);
            turn.Mark(TurnMark.TurnComplete, now);
            turn.Mark(TurnMark.SilenceReached, now);
            Close(turn, TurnOutcomes.Interrupted);
        }
    }

    internal void TurnCompleted(bool answerRuns, TimeSpan now)
    {
        if (_answerTurn is not { } turn)
            return;
        _answerTurn = null;
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

    /// <summary>The chat model and the synthesizer of a generation have stopped.</summary>
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
        if (_answerTurn is { } answerTurn)
            Close(answerTurn, TurnOutcomes.Aborted);
        if (_inputTurn is { } inputTurn)
            Close(inputTurn, TurnOutcomes.Aborted);
        (_answerTurn, _inputTurn) = (null, null);
    }

    // Called for every chunk: without a closure.
    private TurnMetrics? Of(int generation)
    {
        if (_answerTurn?.Generation == generation)
            return _answerTurn;
        foreach (var turn in _closing)
        {
            if (turn.Generation == generation)
                return turn;
        }
        return null;
    }

    private void Complete(TurnMetrics turn, TimeSpan now)
    {
        turn.Mark(TurnMark.TurnComplete, now);
        var answered = turn[TurnMark.FirstToken] is null ? TurnOutcomes.NoOutput : TurnOutcomes.Completed;
        Close(turn, turn.HasFailed ? TurnOutcomes.Failed : answered);
    }

    private void Close(TurnMetrics turn, string outcome) => reporter.Report(sessionId, ++_turns, turn, outcome);
}

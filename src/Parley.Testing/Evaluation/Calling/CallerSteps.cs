namespace Parley.Testing.Evaluation.Calling;

/// <summary>
/// Goes through the steps of a call: what the caller utters in the frame that begins now. Knows no socket; the clock is that of the recording.
/// waiting for its time -> uttering -> next step.
/// </summary>
internal sealed class CallerSteps(IReadOnlyList<ScriptStep> steps, Loudspeaker loudspeaker, TimeSpan answerTimeout)
{
    /// <summary>Silence before the first step and after the last: what follows a last sound is still heard.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(300), Trail = TimeSpan.FromMilliseconds(2_200);

    /// <summary>What a person waits after an answer before going on.</summary>
    private static readonly TimeSpan ReplyPause = TimeSpan.FromMilliseconds(600);

    /// <summary>A silence after which an answer without <c>turnComplete</c> is over.</summary>
    private static readonly TimeSpan EndOfAnswer = TimeSpan.FromSeconds(3);

    private readonly List<EvaluationUtterance> _uttered = [];
    private int _index = -1;
    private int _position = -1;
    private TimeSpan _stepBegan;
    private TimeSpan _answerFrom;
    private TimeSpan _turnComplete = TimeSpan.MinValue;

    internal IReadOnlyList<EvaluationUtterance> Uttered => _uttered;

    /// <summary>Whether the call is over.</summary>
    internal bool IsOver { get; private set; }

    internal void TurnCompleted(TimeSpan now) => _turnComplete = now;

    /// <summary>The step and the position in its audio that the frame beginning now has; null = silence.</summary>
    internal (ScriptStep Step, int Position)? Next(TimeSpan now)
    {
        if (_index < 0)
        {
            if (now < Lead)
                return null;
            Enter(0, now);
        }
        while (!IsOver)
        {
            if (_index == steps.Count)
            {
                IsOver = now >= _stepBegan + Trail;
                return null;
            }
            var current = steps[_index];
            switch (current.Step)
            {
                case UtterStep utter when _position < 0 && !IsDue(utter, now):
                    return null;
                case UtterStep utter when _position + CallerRun.FrameSamples < current.Sent.Length:
                    if (_position < 0)
                        _uttered.Add(new EvaluationUtterance(utter.Kind, now, now + DurationOf(current), utter.Words));
                    _position = _position < 0 ? 0 : _position + CallerRun.FrameSamples;
                    return (current, _position);
                case UtterStep { IsTurn: true }:
                    _answerFrom = now;
                    break;
                case WaitStep wait when now < _stepBegan + wait.Time:
                    return null;
                case ListenStep listen when !IsHeard(listen, now):
                    return null;
                default:
                    break;
            }
            Enter(_index + 1, now);
        }
        return null;
    }

    private void Enter(int index, TimeSpan now) => (_index, _position, _stepBegan) = (index, -1, now);

    private bool IsDue(UtterStep step, TimeSpan now)
    {
        if (step.After is not { } after)
            return true;
        if (loudspeaker.FirstSoundAfter(_answerFrom) is not { } began || began > now)
            return now >= _stepBegan + answerTimeout;
        return now >= began + after || now >= loudspeaker.PlaysUntil + EndOfAnswer || (now >= loudspeaker.PlaysUntil && _turnComplete >= began);
    }

    private bool IsHeard(ListenStep step, TimeSpan now)
    {
        if (now >= _stepBegan + step.Most)
            return true;
        if (loudspeaker.FirstSoundAfter(_answerFrom) is not { } began || began > now)
            return now >= _stepBegan + answerTimeout;
        var silence = now - loudspeaker.PlaysUntil;
        return silence >= EndOfAnswer || (silence >= ReplyPause && _turnComplete >= began);
    }

    private static TimeSpan DurationOf(ScriptStep step) => step.Sent.Length / CallerRun.FrameSamples * CallerRun.Frame;
}

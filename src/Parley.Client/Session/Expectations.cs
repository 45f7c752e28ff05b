namespace Parley.Client.Session;

/// <summary>
/// Counts completed turns and how many are due: every question, and every result of a function, is answered by a turn. Guarded by the
/// session's lock.
/// <code>
/// question while no turn is open        the next turn answers it
/// question in an open turn              the turn after that one
/// question while turns are repeated     possibly the one after those, because the model may leave out what it was asked before
/// result of a non-blocking call         the same; possibly one more if another result is unanswered, because some models answer both at once
/// result of a blocking call             the open turn, or the next one if nothing more is said in the open one (2.0, 2.5)
/// </code>
/// </summary>
internal sealed class Expectations
{
    private long _dueForQuestions;
    private long _due;
    private long _possible;
    private long _repeated; // completed turns when those that are generated again after a reconnect are complete
    private bool _resultUnspoken; // a blocking call was answered in the open turn, and nothing was said since
    private bool _cutTurnIsLate; // the server has not completed a turn that it interrupted, and the client has asked on

    /// <summary>Number of completed turns.</summary>
    internal long Completed { get; private set; }

    /// <summary>Whether a turn must follow: a question or result is unanswered.</summary>
    internal bool IsDue => Completed < _due;

    /// <summary>Whether a turn may follow that need not: see the table.</summary>
    internal bool IsPossible => Completed < _possible;

    /// <summary>A question of the user was sent.</summary>
    internal void Asked(bool isTurnOpen)
    {
        _dueForQuestions = Math.Max(_dueForQuestions, Completed + (isTurnOpen ? 2 : 1));
        Expect(_dueForQuestions);
        if (Completed < _repeated)
            _possible = Math.Max(_possible, _repeated + 1);
    }

    /// <summary>A question was resent. Its answer is expected already, unless the client had given up on it.</summary>
    internal void AskedAgain() => Expect(Completed + 1);

    /// <summary>The result of a function was sent.</summary>
    internal void AnsweredCall(bool isBlocking, bool isTurnOpen)
    {
        if (!isBlocking && _due > Completed + (isTurnOpen ? 1 : 0))
        {
            _possible++;
            return;
        }
        _resultUnspoken |= isBlocking && isTurnOpen;
        Expect(Completed + (isTurnOpen && !isBlocking ? 2 : 1));
    }

    /// <summary>The model said something.</summary>
    internal void Spoke() => _resultUnspoken = false;

    /// <summary>The client asked on after an interruption that the server has not completed.</summary>
    internal void AbandonCutTurn()
    {
        Completed++;
        _cutTurnIsLate = true;
    }

    /// <summary>A turn begins.</summary>
    internal void Begin() => _cutTurnIsLate = false;

    /// <summary>A turn is complete.</summary>
    /// <param name="wasOpen">Whether it had content.</param>
    /// <param name="isExplicitlyIdle">Whether the server says that the interaction is over, results of functions included.</param>
    internal void Complete(bool wasOpen, bool isExplicitlyIdle)
    {
        if (_cutTurnIsLate && !wasOpen)
        {
            _cutTurnIsLate = false;
            return;
        }
        Completed++;
        if (_resultUnspoken)
            Expect(Completed + 1);
        _resultUnspoken = false;
        if (isExplicitlyIdle)
            Settle();
    }

    /// <summary>The turns that were possible did not come, or the server says that the interaction is over.</summary>
    internal void Settle() => _due = _possible = Math.Max(Completed, _dueForQuestions);

    /// <summary>Continues on another connection.</summary>
    /// <param name="isResent">Whether input is resent; otherwise nothing is due.</param>
    /// <param name="wasCut">Whether a turn was cut.</param>
    /// <param name="repeatedTurns">Completed turns that will be generated again.</param>
    internal void Resume(bool isResent, bool wasCut, int repeatedTurns)
    {
        var missing = isResent ? repeatedTurns + Math.Max(_due - Completed, wasCut ? 1 : 0) : 0;
        _due = _possible = _dueForQuestions = _repeated = Completed + missing;
        (_resultUnspoken, _cutTurnIsLate) = (false, false);
    }

    private void Expect(long turns)
    {
        _due = Math.Max(_due, turns);
        _possible = Math.Max(_possible, _due);
    }
}

namespace Parley.Client.Session;

// Whether more follows without further input.
#pragma warning disable CA1001 // The sources have no timer and no wait handle: there is nothing to free.
internal sealed partial class SessionState
#pragma warning restore CA1001 // see above
{
    /// <summary>Whether the writer holds input for the next connection. Set by the writer.</summary>
    internal bool HoldsInput
    {
        get => Volatile.Read(ref _holdsInput);
        set => Volatile.Write(ref _holdsInput, value);
    }

    /// <summary>Whether more certainly follows: an answer, or the result of a call.</summary>
    internal bool IsBusy
    {
        get { lock (_lock) return _turn.IsBusy || _calls.Count > 0 || HoldsInput; }
    }

    /// <summary>Number of the newest turn, and how many will be complete when it is.</summary>
    internal (long Turn, long Completed) Position
    {
        get { lock (_lock) return (_turn.Number, _turn.Completed + (_turn.IsOpen ? 1 : 0)); }
    }

    /// <summary>Whether the session was idle when its last turn ended, and has been since.</summary>
    internal bool IsStillIdle(TurnCompleteUpdate last)
    {
        lock (_lock)
            return IsIdle && _turn.Completed == last.Completed;
    }

    /// <summary>Whether a turn may follow although none must: it is waited for, but not forever.</summary>
    internal bool IsUncertain
    {
        get { lock (_lock) return _turn.IsQuiet && !_turn.IsIdle && _calls.Count == 0 && !HoldsInput; }
    }

    private bool IsIdle => _turn.IsIdle && _calls.Count == 0 && !HoldsInput;

    /// <summary>Nothing followed: nothing more is expected. False if something did meanwhile.</summary>
    internal bool TrySettle()
    {
        lock (_lock)
        {
            if (!IsUncertain)
                return false;
            _turn.Settle();
            return true;
        }
    }
}

using Parley.Protocol;

namespace Parley.Client.Session;

/// <summary>
/// Every call of the session, whoever answers it: open, answered, cancelled, or lost with a connection. Sees to it that a call is answered
/// at most once. Guarded by the session's lock.
/// </summary>
internal sealed class OpenCalls
{
    // So many settled calls are remembered, to know a late or repeated answer by. The service repeats within seconds.
    private const int Remembered = 1_024;

    private readonly Dictionary<string, Entry> _calls = [];
    private readonly Queue<string> _settled = new();

    private enum CallState
    {
        Open,
        Answered,
        Cancelled,
        Lost,
    }

    /// <summary>Calls to be answered.</summary>
    internal int Open { get; private set; }

    /// <summary>False where the call came before: it is to run once.</summary>
    internal bool TryAdd(FunctionCall call)
    {
        // Without an id (Vertex) there is nothing to tell a call by.
        if (string.IsNullOrEmpty(call.Id))
            return true;
        // A resumed model that makes a lost call again may well give it the same id.
        if (_calls.TryGetValue(call.Id, out var known) && known.State != CallState.Lost)
            return false;
        _calls[call.Id] = new Entry(call);
        Open++;
        return true;
    }

    internal void Cancel(string id)
    {
        if (_calls.TryGetValue(id, out var entry) && entry.State == CallState.Open)
            Settle(id, entry, CallState.Cancelled);
    }

    /// <summary>Whether an answer may go out. An id that was never heard of is the caller's own business.</summary>
    internal bool MayAnswer(FunctionResponse response) =>
        string.IsNullOrEmpty(response.Id) || !_calls.TryGetValue(response.Id, out var entry) || entry.State == CallState.Open;

    internal bool IsOpen(string id) => _calls.TryGetValue(id, out var entry) && entry.State == CallState.Open;

    /// <summary>An answer was written.</summary>
    internal void Answered(FunctionResponse response)
    {
        if (response.WillContinue is not true && response.Id is { } id && _calls.TryGetValue(id, out var entry) && entry.State == CallState.Open)
            Settle(id, entry, CallState.Answered);
    }

    /// <summary>A state can be resumed that holds all that came so far: calls up to here are known to it.</summary>
    internal void Checkpoint()
    {
        foreach (var entry in _calls.Values)
            entry.IsHeld = true;
    }

    /// <summary>Whether the resumed state knows the call.</summary>
    internal bool IsKnown(string id) => !_calls.TryGetValue(id, out var entry) || entry.State != CallState.Lost;

    /// <summary>Another connection took over: calls its state does not hold are lost, even where their answers were sent.</summary>
    /// <param name="isResumed">False: a fresh session, which knows of no call at all.</param>
    /// <returns>Those that were open, and those that were answered.</returns>
    internal (List<FunctionCall> Open, List<FunctionCall> Answered) Resume(bool isResumed)
    {
        var (open, answered) = (new List<FunctionCall>(), new List<FunctionCall>());
        foreach (var (id, entry) in _calls)
        {
            if (isResumed && entry.IsHeld)
                continue;
            if (entry.State == CallState.Open)
            {
                open.Add(entry.Call);
                Settle(id, entry, CallState.Lost);
            }
            else if (entry.State == CallState.Answered)
            {
                answered.Add(entry.Call);
                entry.State = CallState.Lost;
            }
        }
        return (open, answered);
    }

    private void Settle(string id, Entry entry, CallState state)
    {
        entry.State = state;
        Open--;
        _settled.Enqueue(id);
        if (_settled.Count > Remembered)
            _calls.Remove(_settled.Dequeue());
    }

    private sealed class Entry(FunctionCall call)
    {
        internal FunctionCall Call { get; } = call;

        internal CallState State { get; set; }

        internal bool IsHeld { get; set; }
    }
}

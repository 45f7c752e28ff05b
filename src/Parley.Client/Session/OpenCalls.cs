using Parley.Protocol;

namespace Parley.Client.Session;

/// <summary>
/// Every function call of the session, answered by the client or by the application: open, answered, cancelled, or lost with a connection.
/// Ensures that a call is answered at most once. Guarded by the session's lock.
/// </summary>
internal sealed class OpenCalls
{
    // Settled calls that are remembered, to recognize late and repeated answers. The service repeats calls within seconds.
    private const int Remembered = 1_024;

    // More than an application answers at a time. Calls beyond it are not tracked, which bounds memory with a server that calls on and on.
    private const int MaxOpen = 4_096;

    private readonly Dictionary<string, Entry> _calls = [];
    private readonly Queue<string> _settled = new();
    private int _open;

    private enum CallState
    {
        Open,
        Answered,
        Cancelled,
        Lost,
    }

    // Without an id (Vertex), a repeated call cannot be recognized; its answer names the function.
    private readonly List<(FunctionCall Call, bool IsBlocking)> _withoutId = [];

    /// <summary>Number of open calls.</summary>
    internal int Count => _open + _withoutId.Count;

    /// <summary>Adds a call; false if it came before, so that it runs once.</summary>
    internal bool TryAdd(FunctionCall call, bool isBlocking = true)
    {
        if (string.IsNullOrEmpty(call.Id))
        {
            if (_withoutId.Count < Remembered)
                _withoutId.Add((call, isBlocking));
            return true;
        }
        // A resumed model that makes a lost call again may use the same id.
        if (_calls.TryGetValue(call.Id, out var known) && known.State != CallState.Lost)
            return false;
        if (_open >= MaxOpen)
            return true;
        _calls[call.Id] = new Entry(call, isBlocking);
        _open++;
        return true;
    }

    internal void Cancel(string id)
    {
        if (_calls.TryGetValue(id, out var entry) && entry.State == CallState.Open)
            Settle(id, entry, CallState.Cancelled);
    }

    /// <summary>Whether an answer may be sent. Answers to unknown ids are the caller's responsibility.</summary>
    internal bool MayAnswer(FunctionResponse response) =>
        string.IsNullOrEmpty(response.Id) || !_calls.TryGetValue(response.Id, out var entry) || entry.State == CallState.Open;

    internal bool IsOpen(string id) => _calls.TryGetValue(id, out var entry) && entry.State == CallState.Open;

    /// <summary>Whether the model waits for the answer before it goes on.</summary>
    internal bool IsBlocking(FunctionResponse response) =>
        string.IsNullOrEmpty(response.Id)
            ? _withoutId.FindIndex(open => open.Call.Name == response.Name) is var index && (index < 0 || _withoutId[index].IsBlocking)
            : !_calls.TryGetValue(response.Id, out var entry) || entry.IsBlocking;

    /// <summary>Records an answer that is about to be written: the model may react before the write returns.</summary>
    internal void Answered(FunctionResponse response)
    {
        if (response.WillContinue is true)
            return;
        if (string.IsNullOrEmpty(response.Id))
        {
            var index = _withoutId.FindIndex(open => open.Call.Name == response.Name);
            if (_withoutId.Count > 0)
                _withoutId.RemoveAt(Math.Max(0, index));
        }
        else if (_calls.TryGetValue(response.Id, out var entry) && entry.State == CallState.Open)
        {
            Settle(response.Id, entry, CallState.Answered);
        }
    }

    /// <summary>The write failed: the answer is sent again later.</summary>
    internal void NotAnswered(FunctionResponse response)
    {
        if (response.WillContinue is not true && response.Id is { } id && _calls.TryGetValue(id, out var entry) && entry.State == CallState.Answered)
        {
            entry.State = CallState.Open;
            _open++;
        }
    }

    /// <summary>The server can resume a state that contains everything so far: it knows the calls up to here.</summary>
    internal void Checkpoint()
    {
        foreach (var entry in _calls.Values)
            entry.IsHeld = true;
    }

    /// <summary>Whether the resumed state knows the call.</summary>
    internal bool IsKnown(string id) => !_calls.TryGetValue(id, out var entry) || entry.State != CallState.Lost;

    /// <summary>A new connection starts: calls that its state does not contain are lost, even if their answers were sent.</summary>
    /// <param name="isResumed">False: a fresh session, which knows no calls.</param>
    /// <returns>The lost calls that were open, and those that were answered.</returns>
    internal (List<FunctionCall> Open, List<FunctionCall> Answered) Resume(bool isResumed)
    {
        var (open, answered) = (new List<FunctionCall>(), new List<FunctionCall>());
        _withoutId.Clear();
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
        _open--;
        _settled.Enqueue(id);
        if (_settled.Count > Remembered && _settled.Dequeue() is var oldest && _calls.TryGetValue(oldest, out var old) && old.State != CallState.Open)
            _calls.Remove(oldest);
    }

    private sealed class Entry(FunctionCall call, bool isBlocking)
    {
        internal FunctionCall Call { get; } = call;

        internal bool IsBlocking { get; } = isBlocking;

        internal CallState State { get; set; }

        internal bool IsHeld { get; set; }
    }
}

using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>
/// Calls without a result, and results that wait for the other calls of their message. Safe for use by the reader and senders at once.
/// </summary>
internal sealed class OpenCalls
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FunctionCall> _open = [];
    private readonly List<FunctionResponse> _ready = [];

    internal void Add(IReadOnlyList<FunctionCall> calls)
    {
        lock (_lock)
        {
            foreach (var call in calls)
                _open[Key(call)] = call;
        }
    }

    internal void Cancel(IReadOnlyList<string> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
                _open.Remove(id);
        }
    }

    /// <summary>
    /// Keeps a result; false if its call is not open: cancelled, answered already, or never made. Each call is answered once.
    /// </summary>
    internal bool TryAnswer(string callId, Func<FunctionCall, FunctionResponse> answer)
    {
        lock (_lock)
        {
            if (!_open.Remove(callId, out var call))
                return false;
            _ready.Add(answer(call));
            return true;
        }
    }

    /// <summary>Returns the results to send now: all of them, if no call is open or the caller does not wait for the rest.</summary>
    internal IReadOnlyList<FunctionResponse> Take(bool evenIfOthersAreOpen)
    {
        lock (_lock)
        {
            if (_ready.Count == 0 || (_open.Count > 0 && !evenIfOthersAreOpen))
                return [];
            FunctionResponse[] taken = [.. _ready];
            _ready.Clear();
            return taken;
        }
    }

    /// <summary>Key of a call: its id, or, on Vertex, where ids are optional, its name.</summary>
    internal static string Key(FunctionCall call) => string.IsNullOrEmpty(call.Id) ? call.Name ?? "" : call.Id;
}

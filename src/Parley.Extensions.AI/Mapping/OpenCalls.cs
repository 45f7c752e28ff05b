using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>Calls that wait for a result, and the results that wait for the others of their message. Used by reader and senders at once.</summary>
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
    /// Keeps a result; false where its call is not open: cancelled, answered already, or never made. The wire takes each call's answer once.
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

    /// <summary>What is to be sent now: all that is kept, once no call is open or where the caller will not wait.</summary>
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

    /// <summary>Ids are optional on one of the services; there the name has to do.</summary>
    internal static string Key(FunctionCall call) => string.IsNullOrEmpty(call.Id) ? call.Name ?? "" : call.Id;
}

namespace Parley.Server.Access;

/// <summary>Sums of usage by day and key, in memory. Not safe for use by several threads.</summary>
internal sealed class UsageTable
{
    private readonly Dictionary<(DateOnly Day, string KeyId), DayUsage> _usage = [];
    private readonly Dictionary<(DateOnly Day, string KeyId, int Code, string Cause), DayCloses> _closes = [];

    internal bool IsEmpty => _usage.Count == 0 && _closes.Count == 0;

    internal IEnumerable<DayUsage> Usage => _usage.Values;

    internal IEnumerable<DayCloses> Closes => _closes.Values;

    internal DayUsage? Find(DateOnly day, string keyId) => _usage.GetValueOrDefault((day, keyId));

    /// <summary>Replaces the sums of some keys on one day.</summary>
    internal void Replace(DateOnly day, IEnumerable<string> keyIds, IEnumerable<DayUsage> sums)
    {
        foreach (var id in keyIds)
            _usage.Remove((day, id));
        foreach (var sum in sums)
            _usage[(day, sum.KeyId)] = sum;
    }

    internal void Add(DayUsage more) =>
        _usage[(more.Day, more.KeyId)] = _usage.TryGetValue((more.Day, more.KeyId), out var before) ? before.Plus(more) : more;

    internal void Add(DayCloses more)
    {
        var key = (more.Day, more.KeyId, more.Code, more.Cause);
        _closes[key] = _closes.TryGetValue(key, out var before) ? before with { Count = before.Count + more.Count } : more;
    }

    internal void Add(UsageSums more)
    {
        foreach (var usage in more.Usage)
            Add(usage);
        foreach (var closes in more.Closes)
            Add(closes);
    }

    internal UsageSums ToSums() => new([.. _usage.Values], [.. _closes.Values]);

    internal void DropBefore(DateOnly day)
    {
        foreach (var old in _usage.Keys.Where(key => key.Day < day).ToList())
            _usage.Remove(old);
        foreach (var old in _closes.Keys.Where(key => key.Day < day).ToList())
            _closes.Remove(old);
    }
}

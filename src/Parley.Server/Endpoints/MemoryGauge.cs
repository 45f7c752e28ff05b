namespace Parley.Server.Endpoints;

/// <summary>Reports the used and available memory.</summary>
internal interface IMemoryGauge
{
    /// <summary>Bytes of the machine or container.</summary>
    long AvailableBytes { get; }

    /// <summary>Bytes that the process needs. A value above the limit is one of live memory: garbage was collected before.</summary>
    long Measure(long limit);
}

/// <summary>
/// Memory of this process. A query is a system call, so its result is cached for a second. The working set contains garbage, and a server that refuses
/// everybody allocates nothing, so that no collection would ever come: at the limit one is forced, which also returns the memory to the system.
/// </summary>
internal sealed class ProcessMemoryGauge(TimeProvider time, Func<long> workingSet, Action collect) : IMemoryGauge
{
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    /// <summary>Shortest time between two forced collections.</summary>
    private static readonly TimeSpan CollectInterval = TimeSpan.FromSeconds(10);

    /// <summary>A forced collection stops all sessions: one that took long is repeated later, so that this is the most of the time it takes.</summary>
    private const double MaxCollectShare = 0.01;

    private readonly Lock _gate = new();
    private long _asked, _collected;
    private long _used = -1;
    private TimeSpan _untilNext;

    public ProcessMemoryGauge(TimeProvider time)
        : this(time, static () => Environment.WorkingSet, static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true))
    {
    }

    public long AvailableBytes { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public long Measure(long limit)
    {
        lock (_gate)
        {
            if (_used < 0 || time.GetElapsedTime(_asked) >= Validity)
            {
                _used = workingSet();
                _asked = time.GetTimestamp();
            }
            if (_used > limit && (_untilNext == TimeSpan.Zero || time.GetElapsedTime(_collected) >= _untilNext))
                Collect();
            return _used;
        }
    }

    private void Collect()
    {
        var started = time.GetTimestamp();
        collect();
        _collected = _asked = time.GetTimestamp();
        var took = time.GetElapsedTime(started, _collected) / MaxCollectShare;
        _untilNext = took > CollectInterval ? took : CollectInterval;
        _used = workingSet();
    }
}

namespace Parley.Server.Endpoints;

/// <summary>Reports the used and available memory.</summary>
internal interface IMemoryGauge
{
    /// <summary>Bytes that the process uses.</summary>
    long UsedBytes { get; }

    /// <summary>Bytes of the machine or container.</summary>
    long AvailableBytes { get; }
}

/// <summary>Memory of this process. A query is a system call, so its result is cached for a second.</summary>
internal sealed class ProcessMemoryGauge(TimeProvider time) : IMemoryGauge
{
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _asked;
    private long _used = -1;

    public long AvailableBytes { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public long UsedBytes
    {
        get
        {
            lock (_gate)
            {
                if (_used < 0 || time.GetElapsedTime(_asked) >= Validity)
                {
                    _used = Environment.WorkingSet;
                    _asked = time.GetTimestamp();
                }
                return _used;
            }
        }
    }
}

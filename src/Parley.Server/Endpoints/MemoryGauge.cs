namespace Parley.Server.Endpoints;

/// <summary>How much memory the process uses, and how much it may.</summary>
internal interface IMemoryGauge
{
    /// <summary>Bytes the process holds.</summary>
    long UsedBytes { get; }

    /// <summary>Bytes it could get: those of the machine, or of its container.</summary>
    long AvailableBytes { get; }
}

/// <summary>The real one. Asking costs a look into the operating system, so an answer holds for a second.</summary>
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

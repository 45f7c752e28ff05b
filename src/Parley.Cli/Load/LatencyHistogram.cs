using System.Numerics;

namespace Parley.Cli.Load;

/// <summary>
/// Durations in a fixed number of buckets: exact below 16 µs, above within a sixteenth. Safe for use by many threads.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Exact = 1 << ExactBits, ExactBits = 4;

    /// <summary>Durations from here on, some 18 minutes, share the last bucket.</summary>
    private const int MaxBits = 30;

    internal const int Buckets = (MaxBits - ExactBits + 1) * Exact;

    private readonly long[] _counts = new long[Buckets];
    private long _max;

    internal long Count
    {
        get
        {
            var count = 0L;
            for (var i = 0; i < Buckets; i++)
                count += Volatile.Read(ref _counts[i]);
            return count;
        }
    }

    internal TimeSpan Max => TimeSpan.FromMicroseconds(Volatile.Read(ref _max));

    internal void Record(TimeSpan duration)
    {
        var microseconds = Math.Max(0, (long)duration.TotalMicroseconds);
        Interlocked.Increment(ref _counts[Bucket(microseconds)]);
        for (var max = Volatile.Read(ref _max); microseconds > max;)
        {
            var before = Interlocked.CompareExchange(ref _max, microseconds, max);
            if (before == max)
                break;
            max = before;
        }
    }

    /// <summary>The duration that this share of the values does not exceed: the upper end of its bucket, at most the longest value. Null without values.</summary>
    internal TimeSpan? Quantile(double share)
    {
        var rank = (long)Math.Ceiling(share * Count);
        if (Count == 0)
            return null;
        var seen = 0L;
        for (var i = 0; i < Buckets - 1; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= rank && seen > 0)
                return TimeSpan.FromMicroseconds(Math.Min(UpperEnd(i), Volatile.Read(ref _max)));
        }
        return Max;
    }

    private static int Bucket(long microseconds)
    {
        if (microseconds < Exact)
            return (int)microseconds;
        var shift = BitOperations.Log2((ulong)microseconds) - ExactBits;
        return shift >= MaxBits - ExactBits ? Buckets - 1 : ((shift + 1) * Exact) + (int)((microseconds >> shift) - Exact);
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < Exact)
            return bucket;
        var shift = (bucket / Exact) - 1;
        return ((long)((bucket % Exact) + Exact + 1) << shift) - 1;
    }
}

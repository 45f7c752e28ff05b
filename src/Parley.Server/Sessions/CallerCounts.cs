namespace Parley.Server.Sessions;

/// <summary>Counts what callers hold, such as sessions. A caller who holds nothing takes no memory.</summary>
internal sealed class CallerCounts
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts one more; null if the caller holds the maximum. Dispose the lease when it is over.</summary>
    internal CallerLease? TryEnter(string caller, int max)
    {
        lock (_counts)
        {
            var held = _counts.GetValueOrDefault(caller);
            if (held >= max)
                return null;
            _counts[caller] = held + 1;
            return new CallerLease(this, caller);
        }
    }

    internal int CountOf(string caller)
    {
        lock (_counts)
            return _counts.GetValueOrDefault(caller);
    }

    internal void Leave(string caller)
    {
        lock (_counts)
        {
            if (--_counts[caller] == 0)
                _counts.Remove(caller);
        }
    }
}

/// <summary>Counts one thing on its caller until it is disposed.</summary>
internal sealed class CallerLease(CallerCounts counts, string caller) : IDisposable
{
    private int _left;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
            counts.Leave(caller);
    }
}

namespace Parley.Server.Nodes;

/// <summary>What this node counts of the cluster, for its metrics. Safe for use by many threads.</summary>
internal sealed class NodeCounters
{
    private const int Unknown = -1;

    private int _alive = Unknown;
    private long _failedRenewals, _interruptions;

    /// <summary>Nodes that were alive when this one listed them last, this one included; null while the store cannot be reached.</summary>
    internal int? Alive => Volatile.Read(ref _alive) is >= 0 and var alive ? alive : null;

    /// <summary>Renewals of this node that failed.</summary>
    internal long FailedRenewals => Interlocked.Read(ref _failedRenewals);

    /// <summary>Times that the connection for signals was lost.</summary>
    internal long Interruptions => Interlocked.Read(ref _interruptions);

    internal void Listed(IReadOnlyList<LiveNode> nodes) => Volatile.Write(ref _alive, nodes.Count(static node => node.IsAlive));

    internal void RenewalFailed()
    {
        Interlocked.Increment(ref _failedRenewals);
        Volatile.Write(ref _alive, Unknown);
    }

    internal void ListeningInterrupted() => Interlocked.Increment(ref _interruptions);
}

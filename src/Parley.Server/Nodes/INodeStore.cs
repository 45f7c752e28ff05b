namespace Parley.Server;

/// <summary>
/// What the servers that share their stores know of each other: which nodes there are, which sessions each has, and signals between them. The limits of a key
/// on open sessions and openings per minute are counted here, for all nodes together. Not on the path of messages.
/// </summary>
/// <remarks>
/// A node is alive while it was renewed in the last <see cref="NodeLifetime"/>, by the clock of the store; sessions of other nodes are not counted and not
/// listed. A failed operation throws <see cref="StorageException"/>; a cancelled one may still take effect. Safe for use by many threads.
/// </remarks>
public interface INodeStore
{
    /// <summary>Time after its last renewal in which a node is alive: 15 s.</summary>
    static TimeSpan NodeLifetime { get; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a node is renewed: 3 s.</summary>
    static TimeSpan RenewalInterval { get; } = TimeSpan.FromSeconds(3);

    /// <summary>Registers a node, or renews it; called every <see cref="RenewalInterval"/>.</summary>
    /// <returns>False if the node was not alive: it is new, or others may have deleted its sessions meanwhile.</returns>
    ValueTask<bool> RenewAsync(LiveNode node, CancellationToken cancellationToken);

    /// <summary>Removes a node that ends, with its sessions.</summary>
    ValueTask RemoveAsync(string nodeId, CancellationToken cancellationToken);

    /// <summary>Returns the nodes, by name, then by id: those that are alive, and those that died in the last minutes.</summary>
    ValueTask<IReadOnlyList<LiveNode>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Records that a session continues on a connection. If it was on another node, sends <see cref="NodeSignalKind.SessionMoved"/>, in the same transaction.
    /// Entering again on the same connection changes nothing.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="maxSessionsOfKey">Most open sessions of its key; null = unlimited. The session itself does not count.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False if the key has so many open sessions; then nothing is recorded.</returns>
    ValueTask<bool> EnterAsync(NodeSession session, int? maxSessionsOfKey, CancellationToken cancellationToken);

    /// <summary>Records that a connection has ended; changes nothing if its session is on another connection by now.</summary>
    ValueTask LeaveAsync(string sessionId, string connectionId, CancellationToken cancellationToken);

    /// <summary>Returns the open sessions of all nodes, oldest first, then by id.</summary>
    ValueTask<IReadOnlyList<NodeSession>> ListSessionsAsync(CancellationToken cancellationToken);

    /// <summary>Returns the number of open sessions by key, of keys that have any.</summary>
    ValueTask<IReadOnlyDictionary<string, int>> CountSessionsAsync(CancellationToken cancellationToken);

    /// <summary>Counts an opening on its key, in windows of a minute that begin with the first opening.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="limit">Openings per minute.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Null if it is allowed; otherwise the time until the next one is.</returns>
    ValueTask<TimeSpan?> CountOpeningAsync(string keyId, int limit, CancellationToken cancellationToken);

    /// <summary>Sends a signal to all nodes that listen, this one included.</summary>
    ValueTask SignalAsync(NodeSignal signal, CancellationToken cancellationToken);

    /// <summary>
    /// Returns signals as they arrive. The first is <see cref="NodeSignalKind.Listening"/>: from then on none is missed, earlier ones may have been. Ends with
    /// <see cref="StorageException"/> if the connection to the store is lost; then listen again.
    /// </summary>
    IAsyncEnumerable<NodeSignal> ListenAsync(CancellationToken cancellationToken);
}

using System.Collections.Concurrent;

namespace Parley.Server.Sessions;

/// <summary>All open connections and sessions: for resumption, session limits, the admin API and shutdown.</summary>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<LiveConnection, bool> _connections = new();
    private readonly ConcurrentDictionary<string, LiveConnection> _bySession = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _count;
    private bool _draining;

    /// <summary>Open connections, including those without a session.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>The server is shutting down: new sessions are refused.</summary>
    internal bool IsDraining => Volatile.Read(ref _draining);

    /// <summary>Open sessions by owner.</summary>
    internal CallerCounts Owners { get; } = new();

    /// <summary>Connections without a session by caller.</summary>
    internal CallerCounts WithoutSession { get; } = new();

    /// <summary>The running sessions.</summary>
    internal IEnumerable<HostedSession> Sessions => _connections.Keys.Select(static connection => connection.Session).OfType<HostedSession>();

    internal void Add(LiveConnection connection)
    {
        Interlocked.Increment(ref _count);
        _connections.TryAdd(connection, true);
        if (IsDraining)
            connection.Drain();
    }

    internal void Remove(LiveConnection connection)
    {
        if (!_connections.TryRemove(connection, out _) || Interlocked.Decrement(ref _count) > 0)
            return;
        lock (_gate)
            _empty?.TrySetResult();
    }

    /// <summary>Assigns a session to a connection, and returns its previous connection if that is still open.</summary>
    internal LiveConnection? Attach(string sessionId, LiveConnection connection)
    {
        LiveConnection? before = null;
        _bySession.AddOrUpdate(sessionId, connection, (_, old) =>
        {
            before = old;
            return connection;
        });
        return before;
    }

    internal void Detach(string sessionId, LiveConnection connection) =>
        _bySession.TryRemove(new KeyValuePair<string, LiveConnection>(sessionId, connection));

    /// <summary>Drains every connection, and refuses new sessions from now on.</summary>
    /// <returns>Whether this was the first time.</returns>
    internal bool Drain()
    {
        if (Interlocked.Exchange(ref _draining, true))
            return false;
        foreach (var connection in _connections.Keys)
            connection.Drain();
        return true;
    }

    /// <summary>Completes when no connection is open.</summary>
    internal Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Count == 0)
                _empty.TrySetResult();
            return _empty.Task;
        }
    }
}

using System.Collections.Concurrent;

namespace Parley.Server.Sessions;

/// <summary>All open connections and sessions: for resumption, session limits, the admin API and shutdown.</summary>
internal sealed class SessionRegistry
{
    private const string Strangers = "";

    private readonly ConcurrentDictionary<LiveConnection, bool> _connections = new();
    private readonly ConcurrentDictionary<string, LiveConnection> _bySession = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byOwner = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _count;
    private bool _draining;

    /// <summary>Open connections, including those without a session.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>The server is shutting down: new sessions are refused.</summary>
    internal bool IsDraining => Volatile.Read(ref _draining);

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

    /// <summary>Counts a connection without a valid credential; null if there are too many. All such clients are one owner.</summary>
    internal SessionLease? TryEnterStranger(int max) => TryEnter(Strangers, max, resumed: null);

    /// <summary>Counts a session on its owner; null if the owner has too many. Dispose the lease when the session ends.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="max">Most sessions of the owner.</param>
    /// <param name="resumed">The session that continues, whose old connection may still be open and does not count; null = a new one.</param>
    internal SessionLease? TryEnter(string owner, int max, string? resumed)
    {
        if (resumed is not null && Find(resumed) is not null && max < int.MaxValue)
            max++;
        lock (_byOwner)
        {
            var open = _byOwner.GetValueOrDefault(owner);
            if (open >= max)
                return null;
            _byOwner[owner] = open + 1;
            return new SessionLease(this, owner);
        }
    }

    /// <summary>Number of open sessions of an owner.</summary>
    internal int OpenOf(string owner)
    {
        lock (_byOwner)
            return _byOwner.GetValueOrDefault(owner);
    }

    internal void Leave(string owner)
    {
        lock (_byOwner)
        {
            if (--_byOwner[owner] == 0)
                _byOwner.Remove(owner);
        }
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

    /// <summary>The connection of a session; null if it is not here.</summary>
    internal LiveConnection? Find(string sessionId) => _bySession.GetValueOrDefault(sessionId);

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

/// <summary>Counts one open session of an owner until it is disposed.</summary>
internal sealed class SessionLease(SessionRegistry registry, string owner) : IDisposable
{
    private int _left;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
            registry.Leave(owner);
    }
}

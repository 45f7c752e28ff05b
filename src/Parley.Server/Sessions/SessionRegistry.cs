using System.Collections.Concurrent;

namespace Parley.Server.Sessions;

/// <summary>Who is connected: for taking sessions over, for counting sessions of a key, for the operator, and for a shutdown that says goodbye.</summary>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<LiveConnection, bool> _connections = new();
    private readonly ConcurrentDictionary<string, LiveConnection> _bySession = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byOwner = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _count;
    private bool _draining;

    /// <summary>Connections, those included that have no session yet.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>No new session is taken.</summary>
    internal bool IsDraining => Volatile.Read(ref _draining);

    /// <summary>The sessions that run now.</summary>
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

    /// <summary>Counts a session; null where the owner has too many. Dispose what comes back when the session is over.</summary>
    internal SessionLease? TryEnter(string owner, int max)
    {
        lock (_byOwner)
        {
            var open = _byOwner.GetValueOrDefault(owner);
            if (open >= max)
                return null;
            _byOwner[owner] = open + 1;
            return new SessionLease(this, owner);
        }
    }

    /// <summary>Sessions an owner has open.</summary>
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

    /// <summary>Puts a session on a connection and returns the one it was on, if that still stands.</summary>
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

    /// <summary>Asks everybody to go, and takes nobody new.</summary>
    /// <returns>Whether this was the first time.</returns>
    internal bool Drain()
    {
        if (Interlocked.Exchange(ref _draining, true))
            return false;
        foreach (var connection in _connections.Keys)
            connection.Drain();
        return true;
    }

    /// <summary>Ends when nobody is connected.</summary>
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

/// <summary>A session that counts on its owner.</summary>
internal sealed class SessionLease(SessionRegistry registry, string owner) : IDisposable
{
    private int _left;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
            registry.Leave(owner);
    }
}

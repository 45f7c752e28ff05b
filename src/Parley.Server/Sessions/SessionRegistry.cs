using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Parley.Server;

/// <summary>Who is connected: for taking sessions over, for counting sessions of a key, and for a shutdown that says goodbye.</summary>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<LiveConnection, bool> _connections = new();
    private readonly ConcurrentDictionary<string, LiveConnection> _bySession = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byOwner = new(StringComparer.Ordinal);
    private readonly int _maxPerOwner;
    private volatile bool _draining;

    public SessionRegistry(IOptions<LiveApiOptions> options, IHostApplicationLifetime lifetime)
    {
        _maxPerOwner = options.Value.MaxSessionsPerKey;
        lifetime.ApplicationStopping.Register(Drain);
    }

    internal void Add(LiveConnection connection)
    {
        _connections.TryAdd(connection, true);
        if (_draining)
            connection.Drain();
    }

    internal void Remove(LiveConnection connection) => _connections.TryRemove(connection, out _);

    /// <summary>Counts a session; false where the owner has too many.</summary>
    internal bool TryEnter(string owner)
    {
        lock (_byOwner)
        {
            var open = _byOwner.GetValueOrDefault(owner);
            if (open >= _maxPerOwner)
                return false;
            _byOwner[owner] = open + 1;
            return true;
        }
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

    private void Drain()
    {
        _draining = true;
        foreach (var connection in _connections.Keys)
            connection.Drain();
    }
}

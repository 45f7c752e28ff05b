using System.Collections.Concurrent;

namespace Parley.Testing.Quirks;

/// <summary>What the sessions of a server know of each other.</summary>
internal sealed class QuirkWorld
{
    private readonly ConcurrentDictionary<string, QuirkSession> _byConnection = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Session, string What), bool> _done = new();

    /// <summary>Sessions whose connections are open.</summary>
    internal IEnumerable<QuirkSession> Open => _byConnection.Values;

    internal void Add(QuirkSession session) => _byConnection[session.Start.ConnectionId] = session;

    internal void Remove(QuirkSession session) => _byConnection.TryRemove(session.Start.ConnectionId, out _);

    /// <summary>Turns that a session has had, across its connections.</summary>
    internal ConcurrentDictionary<string, int> Turns { get; } = new(StringComparer.Ordinal);

    /// <summary>Owners one of whose sessions is starting.</summary>
    internal ConcurrentDictionary<string, bool> Starting { get; } = new(StringComparer.Ordinal);

    /// <summary>True for the first call of a session, across its connections.</summary>
    internal bool First(string sessionId, string what) => _done.TryAdd((sessionId, what), true);

    internal void Observed(string connectionId, JournalEntry entry)
    {
        if (_byConnection.TryGetValue(connectionId, out var session))
            session.Observed(entry);
    }
}

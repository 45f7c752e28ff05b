using Microsoft.Extensions.Options;

namespace Parley.Server.Sessions;

/// <summary>Keeps sessions in memory. Connected sessions are limited by the connections; of the others the oldest is dropped first (<see cref="LiveSessionOptions.MaxResumableSessions"/>).</summary>
internal sealed class InMemorySessionStore(IOptions<LiveApiOptions> options, TimeProvider time) : ISessionStore
{
    /// <summary>States kept of one session: a client that missed the last update still holds the handle before it.</summary>
    internal const int StatesPerSession = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _sessions = [];
    private readonly LinkedList<Entry> _ended = [];

    public ValueTask<bool> SaveAsync(SessionSnapshot snapshot)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(snapshot.SessionId, out var entry))
                _sessions.Add(snapshot.SessionId, entry = new Entry(snapshot.SessionId, snapshot.Epoch));
            if (snapshot.Epoch != entry.Epoch)
                return new(false);
            if (entry.States.Count == StatesPerSession)
                entry.States.RemoveAt(0);
            entry.States.Add(snapshot);
            return new(true);
        }
    }

    public ValueTask<SessionSnapshot?> FindAsync(string sessionId, long serial)
    {
        lock (_gate)
        {
            DropOld();
            return new(_sessions.GetValueOrDefault(sessionId)?.States.Find(state => state.Serial == serial));
        }
    }

    public ValueTask<long?> ClaimAsync(string sessionId)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(sessionId, out var entry))
                return default;
            if (entry.Ended is { } ended)
                _ended.Remove(ended);
            entry.Ended = null;
            return new(++entry.Epoch);
        }
    }

    /// <summary>Whether a session is stored here.</summary>
    internal bool Holds(string sessionId)
    {
        lock (_gate)
            return _sessions.ContainsKey(sessionId);
    }

    public void End(string sessionId, long epoch, bool forget)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(sessionId, out var entry) || entry.Epoch != epoch || entry.Ended is not null)
                return;
            if (forget)
            {
                _sessions.Remove(sessionId);
                return;
            }
            entry.EndedAt = time.GetUtcNow();
            entry.Ended = _ended.AddLast(entry);
            DropOld();
        }
    }

    private void DropOld()
    {
        var alive = time.GetUtcNow() - options.Value.Sessions.HandleLifetime;
        while (_ended.First is { Value: var oldest } && (oldest.EndedAt <= alive || _ended.Count > options.Value.Sessions.MaxResumableSessions))
        {
            _ended.RemoveFirst();
            _sessions.Remove(oldest.SessionId);
        }
    }

    private sealed class Entry(string sessionId, long epoch)
    {
        internal string SessionId { get; } = sessionId;

        internal long Epoch { get; set; } = epoch;

        internal List<SessionSnapshot> States { get; } = new(1);

        internal DateTimeOffset EndedAt { get; set; }

        internal LinkedListNode<Entry>? Ended { get; set; }
    }
}

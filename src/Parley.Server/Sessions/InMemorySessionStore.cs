using Microsoft.Extensions.Options;

namespace Parley.Server.Sessions;

/// <summary>Keeps sessions in memory. Connected sessions are limited by the connections; of the others the oldest is dropped first (<see cref="LiveSessionOptions.MaxResumableSessions"/>).</summary>
internal sealed class InMemorySessionStore(IOptions<LiveApiOptions> options, TimeProvider time) : ISessionStore
{
    /// <summary>States kept of one session: a client that missed the last update still holds the handle before it.</summary>
    internal const int StatesPerSession = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _sessions = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _ended = [];

    public ValueTask<bool> SaveAsync(SessionCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(checkpoint.SessionId, out var entry))
            {
                if (!checkpoint.IsFirst)
                    return new(false);
                _sessions.Add(checkpoint.SessionId, entry = new Entry(checkpoint.SessionId, checkpoint.Epoch));
            }
            if (checkpoint.Epoch != entry.Epoch)
                return new(false);
            Reopen(entry);
            entry.Expires = checkpoint.Expires;
            if (!entry.States.Exists(state => state.Serial == checkpoint.Serial))
                entry.Add(checkpoint);
            return new(true);
        }
    }

    public ValueTask<SessionCheckpoint?> FindAsync(string sessionId, long serial, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            DropOld();
            return new(Find(sessionId) is { } entry && entry.States.Find(state => state.Serial == serial) is { } found ? found with { Epoch = entry.Epoch } : null);
        }
    }

    public ValueTask<long?> ClaimAsync(string sessionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (Find(sessionId) is not { } entry)
                return default;
            Reopen(entry);
            return new(++entry.Epoch);
        }
    }

    public ValueTask EndAsync(string sessionId, long epoch, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(sessionId, out var entry) || entry.Epoch != epoch || entry.Ended is not null)
                return default;
            entry.Expires = expires;
            entry.Ended = _ended.AddLast(entry);
            DropOld();
        }
        return default;
    }

    public ValueTask DeleteAsync(string sessionId, long epoch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(sessionId, out var entry) || entry.Epoch != epoch)
                return default;
            Reopen(entry);
            _sessions.Remove(sessionId);
        }
        return default;
    }

    /// <summary>Whether a session is stored here.</summary>
    internal bool Holds(string sessionId)
    {
        lock (_gate)
            return _sessions.ContainsKey(sessionId);
    }

    private Entry? Find(string sessionId) => _sessions.TryGetValue(sessionId, out var entry) && entry.Expires > time.GetUtcNow() ? entry : null;

    private void Reopen(Entry entry)
    {
        if (entry.Ended is { } ended)
            _ended.Remove(ended);
        entry.Ended = null;
    }

    private void DropOld()
    {
        var now = time.GetUtcNow();
        while (_ended.First is { Value: var oldest } && (oldest.Expires <= now || _ended.Count > options.Value.Sessions.MaxResumableSessions))
        {
            _ended.RemoveFirst();
            _sessions.Remove(oldest.SessionId);
        }
    }

    private sealed class Entry(string sessionId, long epoch)
    {
        internal string SessionId { get; } = sessionId;

        internal long Epoch { get; set; } = epoch;

        internal List<SessionCheckpoint> States { get; } = new(1);

        internal DateTimeOffset Expires { get; set; }

        internal LinkedListNode<Entry>? Ended { get; set; }

        internal void Add(SessionCheckpoint checkpoint)
        {
            if (States.Count == StatesPerSession)
                States.RemoveAt(0);
            States.Add(checkpoint);
        }
    }
}

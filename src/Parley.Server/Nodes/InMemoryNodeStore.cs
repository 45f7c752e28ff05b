using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Parley.Server.Access;

namespace Parley.Server.Nodes;

/// <summary>Keeps nodes in memory: of one server, or of several in one process.</summary>
internal sealed class InMemoryNodeStore(TimeProvider time) : INodeStore
{
    /// <summary>A node that reads no signals for so many has ended or hangs.</summary>
    private const int MaxSignals = 10_000;

    private static readonly TimeSpan DeadKept = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (LiveNode Node, long Renewed)> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<NodeSession>> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<Channel<NodeSignal>> _listeners = [];
    private readonly OpenRateLimiter _opens = new(time);

    public ValueTask<bool> RenewAsync(LiveNode node, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var wasAlive = IsAlive(node.Id);
            _nodes[node.Id] = (node, time.GetTimestamp());
            foreach (var (id, (_, renewed)) in _nodes)
            {
                if (time.GetElapsedTime(renewed) >= DeadKept)
                    Remove(id);
            }
            return new(wasAlive);
        }
    }

    public ValueTask RemoveAsync(string nodeId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            Remove(nodeId);
        return default;
    }

    public ValueTask<IReadOnlyList<LiveNode>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var sessions = _sessions.Values.CountBy(static session => session.NodeId).ToDictionary(StringComparer.Ordinal);
            return new([.. _nodes.Values.Select(entry => entry.Node with
            {
                SinceRenewal = time.GetElapsedTime(entry.Renewed),
                IsAlive = IsAlive(entry.Node.Id),
                Sessions = IsAlive(entry.Node.Id) ? sessions.GetValueOrDefault(entry.Node.Id) : 0,
            }).OrderBy(static node => node.Name, StringComparer.Ordinal).ThenBy(static node => node.Id, StringComparer.Ordinal)]);
        }
    }

    public ValueTask<bool> EnterAsync(NodeSession session, int? maxSessionsOfKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        NodeSession? before;
        lock (_gate)
        {
            _sessions.TryGetValue(session.SessionId, out before);
            if (maxSessionsOfKey is { } max && _byKey.TryGetValue(session.KeyId, out var ofKey) && ofKey.Count(open => open != before && IsAlive(open.NodeId)) >= max)
                return new(false);
            if (before is not null)
                Remove(before);
            _sessions[session.SessionId] = session;
            _byKey.TryAdd(session.KeyId, []);
            _byKey[session.KeyId].Add(session);
        }
        if (before is not null && before.NodeId != session.NodeId)
            Send(new NodeSignal(NodeSignalKind.SessionMoved, session.SessionId, session.ConnectionId));
        return new(true);
    }

    public ValueTask LeaveAsync(string sessionId, string connectionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_sessions.TryGetValue(sessionId, out var session) && session.ConnectionId == connectionId)
                Remove(session);
        }
        return default;
    }

    public ValueTask<IReadOnlyList<NodeSession>> ListSessionsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new([.. Open().OrderBy(static session => session.Started).ThenBy(static session => session.SessionId, StringComparer.Ordinal)]);
    }

    public ValueTask<IReadOnlyDictionary<string, int>> CountSessionsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new(Open().CountBy(static session => session.KeyId).ToDictionary(StringComparer.Ordinal));
    }

    public ValueTask<TimeSpan?> CountOpeningAsync(string keyId, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_opens.TryAcquire(keyId, limit, out var retryAfter) ? (TimeSpan?)null : retryAfter);
    }

    public ValueTask SignalAsync(NodeSignal signal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Send(signal);
        return default;
    }

    public async IAsyncEnumerable<NodeSignal> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var signals = Channel.CreateBounded<NodeSignal>(MaxSignals);
        lock (_gate)
            _listeners.Add(signals);
        try
        {
            yield return new NodeSignal(NodeSignalKind.Listening, "");
            await foreach (var signal in signals.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return signal;
        }
        finally
        {
            lock (_gate)
                _listeners.Remove(signals);
        }
    }

    private void Send(NodeSignal signal)
    {
        lock (_gate)
        {
            foreach (var listener in _listeners)
            {
                if (!listener.Writer.TryWrite(signal))
                    listener.Writer.TryComplete(new StorageException("Too many unread signals."));
            }
        }
    }

    private bool IsAlive(string nodeId) => _nodes.TryGetValue(nodeId, out var entry) && time.GetElapsedTime(entry.Renewed) < INodeStore.NodeLifetime;

    private IEnumerable<NodeSession> Open() => _sessions.Values.Where(session => IsAlive(session.NodeId));

    private void Remove(string nodeId)
    {
        _nodes.Remove(nodeId);
        foreach (var session in _sessions.Values.Where(session => session.NodeId == nodeId).ToList())
            Remove(session);
    }

    private void Remove(NodeSession session)
    {
        _sessions.Remove(session.SessionId);
        var ofKey = _byKey[session.KeyId];
        ofKey.Remove(session);
        if (ofKey.Count == 0)
            _byKey.Remove(session.KeyId);
    }
}

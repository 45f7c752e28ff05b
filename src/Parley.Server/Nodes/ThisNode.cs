using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Wire;

namespace Parley.Server.Nodes;

/// <summary>This server among those that share its stores: who it is, and the places that its sessions have in <see cref="INodeStore"/>.</summary>
internal sealed partial class ThisNode(INodeStore store, IOptions<LiveApiOptions> options, TimeProvider time, ILogger<ThisNode> logger)
{
    private static readonly string Version = typeof(ThisNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly ConcurrentDictionary<string, NodePlace> _byConnection = new(StringComparer.Ordinal);
    private volatile bool _isUncertain;

    internal string Id { get; } = RandomId.New();

    internal string Name => options.Value.NodeName;

    /// <summary>An operation failed that may have taken effect or not: <see cref="ReconcileAsync"/> is needed.</summary>
    internal bool IsUncertain => _isUncertain;

    internal LiveNode Describe(bool isDraining) => new() { Id = Id, Name = Name, Version = Version, Started = _started, IsDraining = isDraining };

    /// <summary>Records a session of this node.</summary>
    /// <returns>Its place, to be disposed when its connection ends; null if the key has too many sessions.</returns>
    /// <exception cref="StorageException">The store failed, and sessions need it.</exception>
    internal async ValueTask<NodePlace?> EnterAsync(NodeSession session, int? maxSessionsOfKey, CancellationToken cancellationToken)
    {
        var place = new NodePlace(this, session);
        _byConnection[session.ConnectionId] = place;
        try
        {
            if (!await store.EnterAsync(session, maxSessionsOfKey, cancellationToken).ConfigureAwait(false))
            {
                _byConnection.TryRemove(session.ConnectionId, out _);
                return null;
            }
        }
        catch (StorageException) when (options.Value.Sessions.AdmitWithoutStorage)
        {
            // Recorded once the store can be reached.
            _isUncertain = true;
        }
        catch
        {
            _byConnection.TryRemove(session.ConnectionId, out _);
            _isUncertain = true;
            throw;
        }
        place.IsEntered = true;
        return place;
    }

    /// <summary>Removes a place. Does not throw: what the store does not take is removed by <see cref="ReconcileAsync"/>.</summary>
    internal async ValueTask LeaveAsync(NodePlace place)
    {
        if (!_byConnection.TryRemove(new KeyValuePair<string, NodePlace>(place.Session.ConnectionId, place)))
            return;
        try
        {
            await store.LeaveAsync(place.Session.SessionId, place.Session.ConnectionId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _isUncertain = true;
            // The store has logged what it throws itself.
            if (e is not StorageException)
                Log.NotLeft(logger, place.Session.SessionId, e);
        }
    }

    /// <summary>
    /// Makes the store agree with this node, after operations that failed or a time in which the others may have taken it for dead: adds missing places, and
    /// removes those of connections that have ended.
    /// </summary>
    /// <returns>Sessions that have moved to other nodes, whose connections here must be closed.</returns>
    internal async ValueTask<IReadOnlyList<NodeSession>> ReconcileAsync(CancellationToken cancellationToken)
    {
        _isUncertain = false;
        var moved = new List<NodeSession>();
        try
        {
            // Entered before the list is read, so that a place that is missing there is really missing.
            var here = _byConnection.Values.Where(static place => place.IsEntered).ToList();
            var stored = (await store.ListSessionsAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(static session => session.SessionId, StringComparer.Ordinal);
            foreach (var place in here)
            {
                var session = place.Session;
                if (!stored.TryGetValue(session.SessionId, out var other))
                {
                    await store.EnterAsync(session, null, cancellationToken).ConfigureAwait(false);
                    if (!_byConnection.ContainsKey(session.ConnectionId))
                        await store.LeaveAsync(session.SessionId, session.ConnectionId, cancellationToken).ConfigureAwait(false);
                }
                else if (other.NodeId != Id)
                {
                    moved.Add(session);
                }
            }
            foreach (var session in stored.Values.Where(session => session.NodeId == Id && !_byConnection.ContainsKey(session.ConnectionId)))
                await store.LeaveAsync(session.SessionId, session.ConnectionId, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _isUncertain = true;
            throw;
        }
        return moved;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PlaceNotLeft, LogLevel.Error, "End of session {SessionId} not recorded; tried again within seconds")]
        public static partial void NotLeft(ILogger logger, string sessionId, Exception exception);
    }
}

/// <summary>The place of a session in <see cref="INodeStore"/>, until it is disposed.</summary>
internal sealed class NodePlace(ThisNode node, NodeSession session) : IAsyncDisposable
{
    private volatile bool _isEntered;

    internal NodeSession Session => session;

    /// <summary>Whether the session was admitted.</summary>
    internal bool IsEntered { get => _isEntered; set => _isEntered = value; }

    public ValueTask DisposeAsync() => node.LeaveAsync(this);
}

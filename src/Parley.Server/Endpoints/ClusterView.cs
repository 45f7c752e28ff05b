using Parley.Server.Nodes;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// What the admin API shows of all nodes: this node as it is, the others as the store has them. If the store cannot be read, this node alone, marked as
/// partial.
/// </summary>
internal sealed class ClusterView(INodeStore store, ThisNode self, SessionRegistry registry, SessionWatches watches)
{
    /// <summary>The nodes, by name, then by id; this one without <see cref="LiveNode.SinceRenewal"/> if the store does not have it.</summary>
    internal async ValueTask<(IReadOnlyList<AdminNode> Nodes, bool IsPartial)> ListNodesAsync(CancellationToken cancellationToken)
    {
        var here = self.Describe(registry.IsDraining) with { IsAlive = true, Sessions = registry.Sessions.Count() };
        try
        {
            var nodes = await store.ListAsync(cancellationToken).ConfigureAwait(false);
            var renewed = nodes.FirstOrDefault(node => node.Id == self.Id)?.SinceRenewal;
            return (
                [
                    .. nodes.Where(node => node.Id != self.Id).Select(static node => AdminNode.Of(node, node.SinceRenewal, isSelf: false))
                        .Append(AdminNode.Of(here, renewed, isSelf: true))
                        .OrderBy(static node => node.Name, StringComparer.Ordinal).ThenBy(static node => node.Id, StringComparer.Ordinal),
                ],
                false);
        }
        catch (StorageException)
        {
            return ([AdminNode.Of(here, null, isSelf: true)], true);
        }
    }

    /// <summary>The sessions of all nodes, oldest first, then by id.</summary>
    internal async ValueTask<(IReadOnlyList<AdminSession> Sessions, bool IsPartial)> ListSessionsAsync(CancellationToken cancellationToken)
    {
        var (nodes, isPartial) = await ListNodesAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<NodeSession> elsewhere = [];
        try
        {
            if (!isPartial)
                elsewhere = (await store.ListSessionsAsync(cancellationToken).ConfigureAwait(false)).Where(session => session.NodeId != self.Id);
        }
        catch (StorageException)
        {
            isPartial = true;
        }
        var names = nodes.ToDictionary(static node => node.Id, static node => node.Name, StringComparer.Ordinal);
        var sessions = elsewhere.ToDictionary(
            static session => session.SessionId, session => AdminSession.Of(session, names.GetValueOrDefault(session.NodeId)), StringComparer.Ordinal);
        // The old connection of a session that has moved, here or to another node, is about to be closed.
        foreach (var session in registry.Sessions.Where(session => registry.Find(session.SessionId)?.Id == session.ConnectionId))
            sessions.TryAdd(session.SessionId, AdminSession.Of(session, self, watches));
        return ([.. sessions.Values.OrderBy(static session => session.Since).ThenBy(static session => session.Id, StringComparer.Ordinal)], isPartial);
    }

    /// <summary>The number of open sessions by key, of keys that have any.</summary>
    internal async ValueTask<(IReadOnlyDictionary<string, int> Counts, bool IsPartial)> CountSessionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await store.CountSessionsAsync(cancellationToken).ConfigureAwait(false), false);
        }
        catch (StorageException)
        {
            return (registry.Sessions.CountBy(static session => session.KeyId).ToDictionary(StringComparer.Ordinal), true);
        }
    }
}

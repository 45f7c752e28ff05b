using Microsoft.AspNetCore.Http;
using Parley.Server.Nodes;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>The admin API of nodes and live sessions.</summary>
internal sealed class AdminNodeEndpoints(
    ClusterView cluster, INodeStore store, ThisNode self, SessionRegistry registry, DrainService drain, AuditLog audit)
{
    internal async Task ListAsync(HttpContext context)
    {
        var (nodes, isPartial) = await cluster.ListNodesAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(new AdminNodes(nodes, Partial(isPartial)), AdminJson.Default.AdminNodes, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    internal async Task DrainAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        var (nodes, isPartial) = await cluster.ListNodesAsync(context.RequestAborted).ConfigureAwait(false);
        var running = nodes.Where(static node => node.Alive).ToList();
        var found = running.Where(node => node.Id == id).ToList();
        if (found.Count == 0)
        {
            // Other nodes may have the same name.
            if (isPartial)
                throw new StorageException($"The store cannot be read, and only the node that answers is known: its id is '{self.Id}'.");
            found = [.. running.Where(node => node.Name == id)];
        }
        if (found is not [var node])
        {
            await (found is []
                ? ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", $"Node '{id}' not found among the running nodes.")
                : ApiJson.WriteErrorAsync(
                    context, 409, "ABORTED", $"Node name '{id}' is not unique. Give one of the ids {string.Join(", ", found.Select(static node => node.Id))}.")).ConfigureAwait(false);
            return;
        }
        if (node.Self)
            drain.Begin();
        else
            await store.SignalAsync(new NodeSignal(NodeSignalKind.DrainNode, node.Id), context.RequestAborted).ConfigureAwait(false);
        await audit.RecordAsync(context, "node.drained", node.Id, node.Name).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsJsonAsync(
            node with { Draining = node.Draining || node.Self }, AdminJson.Default.AdminNode, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    internal async Task ListSessionsAsync(HttpContext context)
    {
        var (sessions, isPartial) = await cluster.ListSessionsAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(
            new AdminSessions(sessions, Partial(isPartial)), AdminJson.Default.AdminSessions, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    internal async Task EndSessionAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (registry.Find(id) is { } connection)
        {
            connection.Close(LiveClose.Aborted);
            await audit.RecordAsync(context, "session.ended", id).ConfigureAwait(false);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        var sessions = await store.ListSessionsAsync(context.RequestAborted).ConfigureAwait(false);
        if (!sessions.Any(session => session.SessionId == id))
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", $"Session '{id}' not found.").ConfigureAwait(false);
            return;
        }
        await store.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, id), context.RequestAborted).ConfigureAwait(false);
        await audit.RecordAsync(context, "session.ended", id).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static bool? Partial(bool isPartial) => isPartial ? true : null;
}

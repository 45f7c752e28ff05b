using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Parley.Server.Nodes;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// <c>GET /admin/sessions/{id}/watch</c>: the messages of a running session while they pass, as <see cref="WatchLines"/>. Off unless
/// <see cref="LiveAdminOptions.AllowWatching"/>; every opening and its end are in the audit log, and an opening that cannot be recorded is refused.
/// </summary>
internal sealed class AdminWatchEndpoint(
    SessionRegistry registry, SessionWatches watches, ClusterView cluster, ThisNode node, AuditLog audit, IOptions<LiveApiOptions> options, TimeProvider time)
{
    /// <summary>A line is sent this often at least: proxies keep the connection, and a watcher who has left is noticed.</summary>
    internal static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    private const int FlushBytes = 64 << 10;

    internal async Task WatchAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!options.Value.Admin.AllowWatching)
        {
            await ApiJson.WriteErrorAsync(
                context, 403, "PERMISSION_DENIED", "Watching sessions is off on this server. Set Live:Admin:AllowWatching to true and restart it.").ConfigureAwait(false);
            return;
        }
        if (registry.Find(id)?.Session is not { } session)
        {
            await WriteElsewhereAsync(context, id).ConfigureAwait(false);
            return;
        }
        using var watcher = watches.TryWatch(id);
        if (watcher is null)
        {
            await ApiJson.WriteErrorAsync(context, 429, "RESOURCE_EXHAUSTED", $"Session '{id}' has {SessionWatches.MaxWatchers} watchers already.").ConfigureAwait(false);
            return;
        }
        await audit.RequireAsync(context, "watch.opened", id, $"key {session.KeyId}").ConfigureAwait(false);
        var started = time.GetTimestamp();
        try
        {
            await WriteAsync(context, watcher, AdminSession.Of(session, node, watches)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The watcher has left.
        }
        finally
        {
            await audit.RecordAsync(
                context, "watch.ended", id,
                string.Create(CultureInfo.InvariantCulture, $"after {time.GetElapsedTime(started).TotalSeconds:0} s, {watcher.Dropped} messages dropped")).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(HttpContext context, SessionWatcher watcher, AdminSession session)
    {
        var response = context.Response;
        response.ContentType = "application/x-ndjson; charset=utf-8";
        // For nginx, which otherwise collects the answer.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var lines = new WatchLines(response.BodyWriter, time);
        lines.Opened(session);
        Task<bool>? waiting = null;
        while (true)
        {
            while (watcher.TryRead(out var item))
            {
                if (item.Event is { } occurred)
                    lines.Event(occurred, item.Timestamp);
                else
                    lines.Message(item);
                if (response.BodyWriter.UnflushedBytes > FlushBytes)
                    await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
            await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            waiting ??= watcher.WaitToReadAsync(context.RequestAborted).AsTask();
            try
            {
                var isOpen = await waiting.WaitAsync(SignOfLife, time, context.RequestAborted).ConfigureAwait(false);
                waiting = null;
                if (!isOpen)
                    break;
            }
            catch (TimeoutException)
            {
                lines.Alive(watcher.Dropped);
            }
        }
        lines.Alive(watcher.Dropped);
        var other = await FindElsewhereAsync(session.Id, context.RequestAborted).ConfigureAwait(false);
        lines.Ended(other is null ? null : other.NodeName ?? other.NodeId);
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<AdminSession?> FindElsewhereAsync(string id, CancellationToken cancellationToken)
    {
        var (sessions, _) = await cluster.ListSessionsAsync(cancellationToken).ConfigureAwait(false);
        return sessions.FirstOrDefault(session => session.Id == id && session.NodeId != node.Id);
    }

    private async Task WriteElsewhereAsync(HttpContext context, string id)
    {
        if (await FindElsewhereAsync(id, context.RequestAborted).ConfigureAwait(false) is { } other)
        {
            await ApiJson.WriteErrorAsync(
                context, 409, "FAILED_PRECONDITION", $"Session '{id}' is on node '{other.NodeName ?? other.NodeId}'. Open the admin API of that node to watch it.").ConfigureAwait(false);
            return;
        }
        await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", $"Session '{id}' not found.").ConfigureAwait(false);
    }
}

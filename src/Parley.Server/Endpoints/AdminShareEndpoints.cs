using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Server.Storage;

namespace Parley.Server.Endpoints;

/// <summary>The admin API of shared sessions on this node, and of the audit log.</summary>
internal sealed class AdminShareEndpoints(SharedSessions shares, AuditLog audit, IOptions<LiveApiOptions> options, TimeProvider time)
{
    private const int MaxEntries = 500;

    internal Task ListAsync(HttpContext context)
    {
        var now = time.GetUtcNow();
        var valid = shares.List().Select(share => new AdminShare(share.ShortId, share.KeyId, share.Bytes, share.Created, share.Created + options.Value.Console.ShareLifetime))
            .Where(share => share.Expires > now);
        return context.Response.WriteAsJsonAsync(new AdminShares([.. valid]), AdminJson.Default.AdminShares, cancellationToken: context.RequestAborted);
    }

    internal async Task DeleteAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (shares.FindShort(id) is not { } share)
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "Shared session not found.").ConfigureAwait(false);
            return;
        }
        SharedSessions.Delete(share);
        await audit.RecordAsync(context, "share.deleted", id, $"key {share.KeyId}").ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    internal async Task AuditAsync(HttpContext context)
    {
        var entries = await audit.ListAsync(MaxEntries, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(new AdminAudit(entries), AdminJson.Default.AdminAudit, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }
}

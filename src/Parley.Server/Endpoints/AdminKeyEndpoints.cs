using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Parley.Server.Access;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// The admin API of virtual keys. Only the answer to the creation of a key contains its secret. The store signals a change to other nodes; sessions of this node
/// are checked at once.
/// </summary>
internal sealed class AdminKeyEndpoints(
    LiveKeys keys, IKeyStore store, UsageTracker usage, ClusterView cluster, SessionRegistry registry, SessionUsageService sessions, AuditLog audit, TimeProvider time)
{
    private const int MaxBodyBytes = 64 << 10;

    private readonly ThrottledRead _today = new(time);

    internal async Task ListAsync(HttpContext context)
    {
        var (list, isPartial) = await ListAsync(context.RequestAborted).ConfigureAwait(false);
        var (open, isPartlyCounted) = await cluster.CountSessionsAsync(context.RequestAborted).ConfigureAwait(false);
        if (list.Count > 0)
            isPartial |= !await _today.RunAsync(token => usage.RefreshAsync([.. list.Select(static key => key.Id)], token), context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(
            new AdminKeys([.. list.Select(key => Describe(key, open))], isPartial || isPartlyCounted ? true : null),
            AdminJson.Default.AdminKeys, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    internal async Task CreateAsync(HttpContext context)
    {
        if (await TryAsync(context, async () =>
        {
            var request = await ReadAsync(context, AdminJson.Default.AdminKeyRequest).ConfigureAwait(false);
            return await keys.CreateAsync(request.Name ?? "", request.Limits, request.Expires, context.RequestAborted).ConfigureAwait(false);
        }).ConfigureAwait(false) is not { } created)
        {
            return;
        }
        await audit.RecordAsync(context, "key.created", created.Key.Id, created.Key.Name).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsJsonAsync(
            new AdminCreatedKey(created.Secret, Describe(created.Key, NoSessions)), AdminJson.Default.AdminCreatedKey, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    internal async Task SetLimitsAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (await TryAsync(context, async () =>
        {
            var request = await ReadAsync(context, AdminJson.Default.AdminKeyChange).ConfigureAwait(false);
            var limits = request.Limits ?? throw new ArgumentException("limits is missing. Give all limits of the key; omit a limit for none.");
            return (IsKnown: await keys.SetLimitsAsync(id, limits, context.RequestAborted).ConfigureAwait(false), Limits: limits);
        }).ConfigureAwait(false) is not { Limits: not null } change)
        {
            return;
        }
        if (!change.IsKnown)
        {
            await WriteUnknownAsync(context, id).ConfigureAwait(false);
            return;
        }
        await audit.RecordAsync(context, "key.changed", id, JsonSerializer.Serialize(change.Limits, AdminJson.Default.KeyLimits)).ConfigureAwait(false);
        await sessions.RecheckAsync(id).ConfigureAwait(false);
        if ((await store.FindAsync(id, context.RequestAborted).ConfigureAwait(false))?.Key is not { } key)
        {
            await WriteUnknownAsync(context, id).ConfigureAwait(false);
            return;
        }
        var (open, _) = await cluster.CountSessionsAsync(context.RequestAborted).ConfigureAwait(false);
        await ThrottledRead.TryAsync(token => usage.RefreshAsync([id], token), context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(Describe(key, open), AdminJson.Default.AdminKey, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    internal async Task RevokeAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!await keys.RevokeAsync(id, context.RequestAborted).ConfigureAwait(false))
        {
            await WriteUnknownAsync(context, id).ConfigureAwait(false);
            return;
        }
        foreach (var session in registry.Sessions.Where(session => session.KeyId == id))
            session.Close(LiveClose.InvalidKey);
        await audit.RecordAsync(context, "key.revoked", id).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Dictionary<string, int> NoSessions { get; } = [];

    private async Task<(IReadOnlyList<VirtualKey> Keys, bool IsPartial)> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await keys.ListAsync(cancellationToken).ConfigureAwait(false), false);
        }
        catch (StorageException)
        {
            // This node knows the keys of its sessions.
            return ([.. registry.Sessions.Select(static session => session.Key).OfType<VirtualKey>().DistinctBy(static key => key.Id)
                .OrderByDescending(static key => key.Created).ThenBy(static key => key.Id, StringComparer.Ordinal)], true);
        }
    }

    private AdminKey Describe(VirtualKey key, IReadOnlyDictionary<string, int> open) => new(
        key.Id, key.Name, key.Created, key.Expires, key.Revoked, key.IsValid(time.GetUtcNow()), key.Limits, open.GetValueOrDefault(key.Id), AdminDay.Of(usage.UsageToday(key.Id)));

    private static Task WriteUnknownAsync(HttpContext context, string id) => ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", $"Key '{id}' not found.");

    private static async Task<T?> TryAsync<T>(HttpContext context, Func<Task<T>> change)
    {
        try
        {
            return await change().ConfigureAwait(false);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            await ApiJson.WriteErrorAsync(context, 400, "INVALID_ARGUMENT", e.Message).ConfigureAwait(false);
            return default;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        var body = new byte[MaxBodyBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        if (length > MaxBodyBytes)
            throw new ArgumentException($"The body must be at most {MaxBodyBytes} bytes long.");
        return JsonSerializer.Deserialize(body.AsSpan(0, length), type) ?? throw new JsonException("The body must be a JSON object.");
    }
}

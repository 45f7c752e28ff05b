using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Parley.Server.Access;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// The admin API: keys, live sessions, usage by day, closes by cause. Requires the admin secret, optionally on a port of its own. A response never contains
/// a client's secret, except the one of a newly created key.
/// </summary>
internal sealed partial class AdminEndpoints(
    LiveKeys keys, UsageTracker usage, SessionRegistry registry, TokenMint mint, HealthEndpoint health, RequestOrigin origins, IOptions<LiveApiOptions> options, TimeProvider time, ILogger<AdminEndpoints> logger)
{
    private const int MaxBodyBytes = 64 << 10;

    private readonly byte[]? _secret = options.Value.Admin.Secret is { } expected ? Hash(expected) : null;

    /// <summary>Checks the admin secret; refuses other requests.</summary>
    internal async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        // 404 and not 403: on another port or without a secret the admin API does not exist.
        if (_secret is null || (options.Value.Admin.Port is { } port && context.Connection.LocalPort != port))
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "Not found.").ConfigureAwait(false);
            return;
        }
        if (!origins.IsAllowed(context) || !RequestOrigin.IsOwnPage(context.Request))
        {
            await ApiJson.WriteErrorAsync(context, ApiException.ForeignOrigin).ConfigureAwait(false);
            return;
        }
        var authorization = context.Request.Headers[HeaderNames.Authorization].ToString();
        const string Scheme = "Bearer ";
        var secret = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";
        if (!CryptographicOperations.FixedTimeEquals(Hash(secret), _secret))
        {
            Log.Refused(logger, RequestOrigin.AddressOf(context));
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ApiJson.WriteErrorAsync(context, 401, "UNAUTHENTICATED", "Missing or wrong admin secret; send it as 'Authorization: Bearer …'.").ConfigureAwait(false);
            return;
        }
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            await ApiJson.WriteErrorAsync(context, 503, "UNAVAILABLE", e.Message).ConfigureAwait(false);
        }
    }

    internal Task StatusAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new AdminStatus(HealthEndpoint.Version, health.IsReady, registry.IsDraining, registry.Count, registry.Sessions.Count(), mint.Minted, health.States()),
        AdminJson.Default.AdminStatus, cancellationToken: context.RequestAborted);

    internal async Task ListKeysAsync(HttpContext context)
    {
        var list = await keys.ListAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(new AdminKeys([.. list.Select(Describe)]), AdminJson.Default.AdminKeys, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    internal async Task CreateKeyAsync(HttpContext context)
    {
        try
        {
            var request = await ReadAsync(context).ConfigureAwait(false);
            var created = await keys.CreateAsync(request.Name ?? "", request.Limits, request.Expires, context.RequestAborted).ConfigureAwait(false);
            Log.KeyCreated(logger, created.Key.Id);
            context.Response.StatusCode = StatusCodes.Status201Created;
            await context.Response.WriteAsJsonAsync(
                new AdminCreatedKey(created.Secret, Describe(created.Key)), AdminJson.Default.AdminCreatedKey, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            await ApiJson.WriteErrorAsync(context, 400, "INVALID_ARGUMENT", e.Message).ConfigureAwait(false);
        }
    }

    internal async Task RevokeKeyAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!await keys.RevokeAsync(id, context.RequestAborted).ConfigureAwait(false))
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", $"Key '{id}' not found.").ConfigureAwait(false);
            return;
        }
        Log.KeyRevoked(logger, id);
        foreach (var session in registry.Sessions.Where(session => session.KeyId == id))
            session.Close(LiveClose.InvalidKey);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    internal Task ListSessionsAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new AdminSessions([.. registry.Sessions.OrderBy(static session => session.Started).Select(static session => new AdminSession(
            session.SessionId, session.ConnectionId, session.KeyId, session.IsOnToken, session.Model, session.IsResumed, session.Started, session.End, session.Received))]),
        AdminJson.Default.AdminSessions, cancellationToken: context.RequestAborted);

    internal Task EndSessionAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (registry.Sessions.FirstOrDefault(session => session.SessionId == id) is not { } session)
            return ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", $"Session '{id}' not found.");
        Log.SessionEndedByOperator(logger, id);
        session.Close(LiveClose.Aborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    internal Task UsageAsync(HttpContext context)
    {
        var sums = usage.Sums();
        return context.Response.WriteAsJsonAsync(
            new AdminUsage([.. sums.Usage.Select(AdminDay.Of)], [.. sums.Closes.Select(AdminCloses.Of)]), AdminJson.Default.AdminUsage, cancellationToken: context.RequestAborted);
    }

    private AdminKey Describe(VirtualKey key) => new(
        key.Id, key.Name, key.Created, key.Expires, key.Revoked, key.IsValid(time.GetUtcNow()), key.Limits, registry.OpenOf("key:" + key.Id), AdminDay.Of(usage.UsageToday(key.Id)));

    private static async Task<AdminKeyRequest> ReadAsync(HttpContext context)
    {
        var body = new byte[MaxBodyBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        if (length > MaxBodyBytes)
            throw new ArgumentException($"The body must be at most {MaxBodyBytes} bytes long.");
        return JsonSerializer.Deserialize(body.AsSpan(0, length), AdminJson.Default.AdminKeyRequest) ?? throw new JsonException("The body must be a JSON object.");
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static partial class Log
    {
        [LoggerMessage(EventIds.AdminRefused, LogLevel.Warning, "Admin request refused: missing or wrong secret, client {Remote}")]
        public static partial void Refused(ILogger logger, string remote);

        [LoggerMessage(EventIds.KeyCreated, LogLevel.Information, "Key {KeyId} created")]
        public static partial void KeyCreated(ILogger logger, string keyId);

        [LoggerMessage(EventIds.KeyRevoked, LogLevel.Information, "Key {KeyId} revoked")]
        public static partial void KeyRevoked(ILogger logger, string keyId);

        [LoggerMessage(EventIds.SessionEndedByOperator, LogLevel.Information, "Session {SessionId} ended by the operator")]
        public static partial void SessionEndedByOperator(ILogger logger, string sessionId);
    }
}

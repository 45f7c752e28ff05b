using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Storage;

namespace Parley.Server.Endpoints;

/// <summary>
/// The admin API: keys, live sessions, usage by day, closes by cause. For the operator alone: a secret of its own, by default on a port of its
/// own, never a secret of a client in an answer but the one of a key that was just made.
/// </summary>
internal sealed partial class AdminEndpoints(
    LiveKeys keys, UsageTracker usage, SessionRegistry registry, TokenMint mint, HealthEndpoint health, IOptions<LiveApiOptions> options, TimeProvider time, ILogger<AdminEndpoints> logger)
{
    private const int MaxBodyBytes = 64 << 10;

    private readonly byte[]? _secret = options.Value.Admin.Secret is { } secret ? Hash(secret) : null;

    /// <summary>Lets the operator through, and answers everybody else.</summary>
    internal async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        // Elsewhere there is no admin API, not a refused one.
        if (_secret is null || (options.Value.Admin.Port is { } port && context.Connection.LocalPort != port))
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "There is nothing here.").ConfigureAwait(false);
            return;
        }
        var authorization = context.Request.Headers[HeaderNames.Authorization].ToString();
        const string Scheme = "Bearer ";
        var shown = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";
        if (!CryptographicOperations.FixedTimeEquals(Hash(shown), _secret))
        {
            Log.Refused(logger, context.Connection.RemoteIpAddress?.ToString() ?? "in process");
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ApiJson.WriteErrorAsync(context, 401, "UNAUTHENTICATED", "Send the admin secret as 'Authorization: Bearer …'.").ConfigureAwait(false);
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

    internal Task ListKeysAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new AdminKeys([.. keys.List().Select(Describe)]), AdminJson.Default.AdminKeys, cancellationToken: context.RequestAborted);

    internal async Task CreateKeyAsync(HttpContext context)
    {
        try
        {
            var request = await ReadAsync(context).ConfigureAwait(false);
            var created = await keys.CreateAsync(request.Name ?? "", request.Limits, request.Expires).ConfigureAwait(false);
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
        if (!await keys.RevokeAsync(id).ConfigureAwait(false))
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "There is no such key.").ConfigureAwait(false);
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
            return ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "There is no such session.");
        Log.SessionEndedByOperator(logger, id);
        session.Close(LiveClose.Aborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    internal Task UsageAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new AdminUsage(
            [.. usage.Usage().Select(AdminDay.Of)],
            [.. usage.Closes().Select(static day => new AdminCloses(day.Day, day.KeyId, day.Code, day.Cause, day.Count))]),
        AdminJson.Default.AdminUsage, cancellationToken: context.RequestAborted);

    private AdminKey Describe(VirtualKey key) => new(
        key.Id, key.Name, key.Created, key.Expires, key.Revoked, key.IsValid(time.GetUtcNow()), key.Limits, registry.OpenOf("key:" + key.Id), AdminDay.Of(usage.UsageToday(key.Id)));

    private static async Task<AdminKeyRequest> ReadAsync(HttpContext context)
    {
        var body = new byte[MaxBodyBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        if (length > MaxBodyBytes)
            throw new ArgumentException($"The body is longer than {MaxBodyBytes} bytes.");
        return JsonSerializer.Deserialize(body.AsSpan(0, length), AdminJson.Default.AdminKeyRequest) ?? throw new JsonException("The body is no object.");
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static partial class Log
    {
        [LoggerMessage(EventIds.AdminRefused, LogLevel.Warning, "The admin API was asked without its secret by {Remote}")]
        public static partial void Refused(ILogger logger, string remote);

        [LoggerMessage(EventIds.KeyCreated, LogLevel.Information, "Key {KeyId} was created")]
        public static partial void KeyCreated(ILogger logger, string keyId);

        [LoggerMessage(EventIds.KeyRevoked, LogLevel.Information, "Key {KeyId} was revoked")]
        public static partial void KeyRevoked(ILogger logger, string keyId);

        [LoggerMessage(EventIds.SessionEndedByOperator, LogLevel.Information, "Session {SessionId} was ended by the operator")]
        public static partial void SessionEndedByOperator(ILogger logger, string sessionId);
    }
}

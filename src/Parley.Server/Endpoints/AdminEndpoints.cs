using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Parley.Server.Access;
using Parley.Server.Nodes;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// The admin API: its guard, the state of this node, and usage by day. Requires the admin secret, optionally on a port of its own. A response never contains
/// a client's secret, except the one of a newly created key.
/// </summary>
internal sealed partial class AdminEndpoints(
    UsageTracker usage, SessionRegistry registry, ThisNode node, TokenMint mint, HealthEndpoint health, PriceTable prices, RequestOrigin origins, IOptions<LiveApiOptions> options, TimeProvider time,
    ILogger<AdminEndpoints> logger)
{
    private readonly ThrottledRead _usage = new(time);
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
        new AdminStatus(node.Id, node.Name, HealthEndpoint.Version, health.IsReady, registry.IsDraining, registry.Count, registry.Sessions.Count(), mint.Minted, health.States(),
            health.NotReady is { Count: > 0 } parts ? parts : null, options.Value.Admin.AllowWatching),
        AdminJson.Default.AdminStatus, cancellationToken: context.RequestAborted);

    internal async Task UsageAsync(HttpContext context)
    {
        var isComplete = await _usage.RunAsync(usage.LoadAsync, context.RequestAborted).ConfigureAwait(false);
        var sums = usage.Sums();
        await context.Response.WriteAsJsonAsync(
            new AdminUsage([.. sums.Usage.Select(AdminDay.Of)], [.. sums.Closes.Select(AdminCloses.Of)], prices.Currency, isComplete ? null : true),
            AdminJson.Default.AdminUsage, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static partial class Log
    {
        [LoggerMessage(EventIds.AdminRefused, LogLevel.Warning, "Admin request refused: missing or wrong secret, client {Remote}")]
        public static partial void Refused(ILogger logger, string remote);
    }
}

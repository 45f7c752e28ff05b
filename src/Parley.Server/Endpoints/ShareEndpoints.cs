using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Parley.Protocol.Internal;
using Parley.Server.Access;
using Parley.Server.Storage;

namespace Parley.Server.Endpoints;

/// <summary>
/// Sessions shared by a read-only link. Whoever may open a session in the console may upload its export; whoever has the link may read it; its owner, who has
/// the secret of the upload, and operators may delete it.
/// </summary>
internal sealed partial class ShareEndpoints : IDisposable
{
    // Whoever has the id can read the session, so it must not be in an address, which proxies and servers log.
    private const string IdHeader = "x-parley-share";

    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);

    private readonly SharedSessions _shares;
    private readonly ConsoleLogin _login;
    private readonly ISecretStore _secrets;
    private readonly LiveConsoleOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer? _sweep;

    public ShareEndpoints(
        SharedSessions shares, ConsoleLogin login, ISecretStore secrets, IOptions<LiveApiOptions> options, TimeProvider time, ILogger<ShareEndpoints> logger)
    {
        (_shares, _login, _secrets, _options, _time, _logger) = (shares, login, secrets, options.Value.Console, time, logger);
        if (_shares.IsAvailable)
            _sweep = time.CreateGuardedTimer(this, static endpoints => endpoints.Sweep(), static (endpoints, e) => Log.NotSwept(endpoints._logger, e), SweepInterval);
    }

    /// <summary>Whether sessions can be shared: there is a data folder, and it is not switched off.</summary>
    internal bool IsOn => _shares.IsAvailable && _options.ShareLifetime > TimeSpan.Zero;

    /// <summary>What the page says about sharing; null if it is off.</summary>
    internal ConsoleSharing? Describe() => IsOn ? new ConsoleSharing(_options.MaxShareBytes, Math.Round(_options.ShareLifetime.TotalDays, 2)) : null;

    public void Dispose() => _sweep?.Dispose();

    /// <summary><c>POST /console/shares</c>, the export as body.</summary>
    internal async Task CreateAsync(HttpContext context)
    {
        if (!IsOn)
        {
            await WriteOffAsync(context).ConfigureAwait(false);
            return;
        }
        if (await _login.FindCallerAsync(context).ConfigureAwait(false) is not { } caller)
        {
            await ApiJson.WriteErrorAsync(context, 401, "UNAUTHENTICATED", "Log in with a key of this server first.").ConfigureAwait(false);
            return;
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = _options.MaxShareBytes + 1L;
        if (await ReadAsync(context).ConfigureAwait(false) is not { } content)
        {
            await ApiJson.WriteErrorAsync(
                context, 413, "INVALID_ARGUMENT", $"The session is too large to share: at most {_options.MaxShareBytes >> 20} MiB are allowed. Export it as a file instead.").ConfigureAwait(false);
            return;
        }
        if (!content.Span.StartsWith("PK"u8))
        {
            await ApiJson.WriteErrorAsync(context, 400, "INVALID_ARGUMENT", "The body is not an export of the console.").ConfigureAwait(false);
            return;
        }
        Sweep();
        var now = _time.GetUtcNow();
        if (_shares.Add(content.Span, caller.KeyId, now, _options.MaxSharesBytes) is not { } share)
        {
            await ApiJson.WriteErrorAsync(
                context, 507, "RESOURCE_EXHAUSTED", "The server has no room for more shared sessions. Delete some in Admin, or export the session as a file.").ConfigureAwait(false);
            return;
        }
        Log.Shared(_logger, share.KeyId, share.Bytes, RequestOrigin.AddressOf(context));
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        var created = new ConsoleShare(share.Id, SharedSessions.SecretOf(share.Id, await KeyAsync(context).ConfigureAwait(false)), now + _options.ShareLifetime);
        await context.Response.WriteAsJsonAsync(created, ConsoleJson.Default.ConsoleShare, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary><c>GET /console/share</c>: the export.</summary>
    internal async Task GetAsync(HttpContext context)
    {
        if (await FindAsync(context).ConfigureAwait(false) is not { } share)
            return;
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["X-Robots-Tag"] = "noindex";
        headers.ContentDisposition = "attachment; filename=\"session.zip\"";
        headers.Expires = new DateTimeOffset(share.Created.UtcDateTime + _options.ShareLifetime, TimeSpan.Zero).ToString("R");
        context.Response.ContentType = "application/zip";
        await context.Response.SendFileAsync(share.Path, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary><c>DELETE /console/share</c>, with the secret of the upload as bearer.</summary>
    internal async Task DeleteAsync(HttpContext context)
    {
        if (await FindAsync(context).ConfigureAwait(false) is not { } share)
            return;
        var expected = SharedSessions.SecretOf(share.Id, await KeyAsync(context).ConfigureAwait(false));
        var given = context.Request.Headers[HeaderNames.Authorization].ToString();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes("Bearer " + expected)))
        {
            await ApiJson.WriteErrorAsync(context, 403, "PERMISSION_DENIED", "Only who shared this session can delete it, or an operator in Admin.").ConfigureAwait(false);
            return;
        }
        SharedSessions.Delete(share);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async ValueTask<byte[]> KeyAsync(HttpContext context) => (await _secrets.GetKeyAsync("shares", context.RequestAborted).ConfigureAwait(false)).ToArray();

    private async Task<SharedSession?> FindAsync(HttpContext context)
    {
        if (!IsOn)
        {
            await WriteOffAsync(context).ConfigureAwait(false);
            return null;
        }
        var share = _shares.Find(context.Request.Headers[IdHeader].ToString());
        if (share is not null && share.Created + _options.ShareLifetime > _time.GetUtcNow())
            return share;
        await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "This shared session does not exist any more: it has expired or was deleted.").ConfigureAwait(false);
        return null;
    }

    private static Task WriteOffAsync(HttpContext context) => ApiJson.WriteErrorAsync(
        context, 404, "NOT_FOUND", "Sharing is off on this server. Start it with a data folder, and set Live:Console:ShareLifetime above 0.");

    private void Sweep()
    {
        _shares.DeleteUntil(_time.GetUtcNow() - _options.ShareLifetime);
        _sweep?.Change(SweepInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Reads the body; null if it is too large.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        int read;
        try
        {
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
            {
                if (content.Length + read > _options.MaxShareBytes)
                    return null;
                content.Write(buffer, 0, read);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
        return content.ToArray();
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SharesNotSwept, LogLevel.Error, "Expired shared sessions not deleted; tried again at the next upload")]
        public static partial void NotSwept(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.SessionShared, LogLevel.Information, "Session shared with key {KeyId}: {Bytes} bytes, client {Remote}")]
        public static partial void Shared(ILogger logger, string keyId, long bytes, string remote);
    }
}

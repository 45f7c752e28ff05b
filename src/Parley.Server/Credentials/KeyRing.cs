using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Parley.Server;

/// <summary>
/// The keys that are accepted, as hashes. Comparing hashes takes the same time for every wrong key, and every key is compared with all.
/// </summary>
internal sealed partial class KeyRing
{
    private readonly byte[][] _keys;
    private readonly byte[]? _developmentKey;
    private readonly ILogger _logger;

    public KeyRing(IOptions<LiveApiOptions> options, ILogger<KeyRing> logger)
    {
        _logger = logger;
        _keys = [.. options.Value.ApiKeys.Select(Hash)];
        _developmentKey = options.Value.DevelopmentKey is { } key ? Hash(key) : null;
    }

    /// <summary>The owner a key stands for; null where it is not accepted.</summary>
    internal string? OwnerOf(string key, HttpContext context)
    {
        var hash = Hash(key);
        var known = false;
        foreach (var accepted in _keys)
            known |= CryptographicOperations.FixedTimeEquals(hash, accepted);
        if (_developmentKey is not null && CryptographicOperations.FixedTimeEquals(hash, _developmentKey))
            known |= IsDeveloper(context);
        return known ? Convert.ToBase64String(hash) : null;
    }

    /// <summary>
    /// Loopback, not through a proxy (that would make the world look local), and not from a page of another site, which could otherwise
    /// use the server of whoever visits it. A page without a site of its own (<c>null</c>) is a file the developer opened.
    /// </summary>
    private bool IsDeveloper(HttpContext context)
    {
        var headers = context.Request.Headers;
        var origin = headers[HeaderNames.Origin].ToString();
        var isProxied = headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Forwarded-For");
        var isForeign = origin is not ("" or "null") && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.IsLoopback);
        var isRemote = context.Connection.RemoteIpAddress is { } address && !IsLoopback(address);
        if (!isProxied && !isForeign && !isRemote)
            return true;
        Log.DevelopmentKeyRefused(_logger, isRemote ? "another machine" : isProxied ? "behind a proxy" : "a page of another site");
        return false;
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static partial class Log
    {
        [LoggerMessage(EventIds.DevelopmentKeyRefused, LogLevel.Warning, "The development key came from {Where}; it is accepted from this machine only. Configure a key in Live:ApiKeys")]
        public static partial void DevelopmentKeyRefused(ILogger logger, string where);
    }
}

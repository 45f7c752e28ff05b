using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Parley.Server;

/// <summary>
/// The keys that are accepted, as hashes. Comparing hashes takes the same time for every wrong key, and every key is compared with all.
/// </summary>
internal sealed class KeyRing
{
    private readonly byte[][] _keys;
    private readonly byte[]? _developmentKey;

    public KeyRing(IOptions<LiveApiOptions> options)
    {
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
        if (_developmentKey is not null)
            known |= CryptographicOperations.FixedTimeEquals(hash, _developmentKey) & IsDeveloper(context);
        return known ? Convert.ToBase64String(hash) : null;
    }

    /// <summary>
    /// Loopback, not through a proxy (that would make the world look local), and not from a page of another site, which could otherwise
    /// use the server of whoever visits it.
    /// </summary>
    private static bool IsDeveloper(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Forwarded-For"))
            return false;
        if (context.Connection.RemoteIpAddress is { } address && !IsLoopback(address))
            return false;
        var origin = headers[HeaderNames.Origin].ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.IsLoopback);
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Parley.Server.Access;

/// <summary>
/// Judges where a request comes from. All endpoints ask here, and nothing else reads the address, <c>Host</c>, <c>Origin</c>, <c>Sec-Fetch-Site</c> and the
/// headers of proxies.
/// </summary>
internal sealed class RequestOrigin(IOptions<LiveApiOptions> options)
{
    /// <summary>The origin that browsers report for files, but also for sandboxed frames and <c>data:</c> pages of any site.</summary>
    private const string Opaque = "null";

    /// <summary>Headers that proxies add. Those of ASP.NET Core's own middleware too: it renames what it has used to <c>X-Original-…</c>.</summary>
    private static readonly string[] ProxyHeaders =
    [
        "Forwarded", "Via", "Client-IP", "X-Scheme", "X-Host", "X-Url-Scheme", "X-Remote-User", "X-Request-Start", "Front-End-Https", "Proxy-Connection",
    ];

    private static readonly string[] ProxyPrefixes =
    [
        "X-Forwarded", "X-Original-", "X-Proxy", "X-Envoy-", "X-Azure-", "X-Arr-", "X-Amzn-", "X-Amz-Cf-", "X-Nginx-", "X-Vercel-", "X-Appengine-", "X-Nf-", "CF-",
        "Cdn-", "Fastly-", "Fly-", "Akamai-", "Incap-",
    ];

    private static readonly string[] ProxySuffixes = ["-Client-IP", "-Real-IP", "-Connecting-IP", "-Remote-IP", "-Remote-Addr", "-ClientIP", "-Client-Ip-Address", "-Forwarded-For"];

    private readonly HashSet<string> _allowed = new(options.Value.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>Address of the client, for the log.</summary>
    internal static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "in process";

    /// <summary>Whether <see cref="LiveApiOptions.AllowedOrigins"/> admits the page that sent the request; always true for programs, which send no origin.</summary>
    internal bool IsAllowed(HttpContext context) => _allowed.Count == 0 || OriginOf(context.Request) is not { Length: > 0 } origin || _allowed.Contains(origin);

    /// <summary>Pages of other origins are named in the options, so that <see cref="IsAllowed"/> has decided.</summary>
    internal bool AllowsOthers => _allowed.Count > 0;

    /// <summary>As <see cref="IsAllowed"/>, for requests that the page of this server sends: browsers omit the origin of some of them.</summary>
    internal bool IsPageAllowed(HttpContext context)
    {
        var request = context.Request;
        if (_allowed.Count == 0 || OriginOf(request).Length > 0 || request.Headers["Sec-Fetch-Site"].Count == 0)
            return IsAllowed(context);
        // A proxy may have ended TLS.
        return _allowed.Contains($"https://{request.Host}") || _allowed.Contains($"http://{request.Host}");
    }

    /// <summary>Whether a page of this server sent the request, or a program.</summary>
    internal static bool IsOwnPage(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is "same-origin" or "none";
        var origin = OriginOf(request);
        return origin.Length == 0 || IsOwn(request, origin);
    }

    /// <summary>
    /// Why the request does not come from the developer at this machine; null if it does. Not through a proxy, which would make every client look local, and
    /// not from a page of another site, which could use the server of every developer who visits it (a <c>GET</c> has its address in <c>Referer</c> only). A page under another name of this machine is such a page
    /// too: its site decides what the name refers to.
    /// </summary>
    internal string? WhyNotLocal(HttpContext context)
    {
        var request = context.Request;
        if (context.Connection.RemoteIpAddress is { } address)
        {
            if (!IsLoopback(address))
                return "another machine";
            if (!IsLoopback(request.Host.Host))
                return "an address with another host name than localhost";
        }
        if (request.Headers.Any(static header => IsProxyHeader(header.Key)))
            return "a proxy";
        var origin = OriginOf(request) is { Length: > 0 } sent ? sent : request.Headers.Referer.ToString();
        var isLocal = origin switch
        {
            "" => request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none",
            Opaque => options.Value.AllowFilePages,
            _ => IsOwn(request, origin) || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Scheme is "http" or "https" && IsLoopback(page.Host)),
        };
        return isLocal ? null : origin == Opaque ? "a page without an origin, such as a file or a frame of another site; --allow-file-pages or Live:AllowFilePages accepts them" : "a page of another site";
    }

    /// <summary>Whether an address is one of this machine.</summary>
    internal static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsLoopback(address));

    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static string OriginOf(HttpRequest request) => request.Headers[HeaderNames.Origin].ToString();

    private static bool IsProxyHeader(string name) =>
        Array.Exists(ProxyHeaders, known => name.Equals(known, StringComparison.OrdinalIgnoreCase))
        || Array.Exists(ProxyPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || Array.Exists(ProxySuffixes, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
}

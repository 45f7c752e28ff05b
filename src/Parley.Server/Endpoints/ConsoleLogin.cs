using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Storage;

namespace Parley.Server.Endpoints;

/// <summary>
/// Who sits in front of the console: the developer on this machine, or somebody who gave a key, which then lives encrypted in a cookie that
/// no script can read. The page itself only ever gets ephemeral tokens.
/// </summary>
internal sealed class ConsoleLogin(
    CredentialCheck credentials, IOptions<LiveApiOptions> api, ILiveSecrets secrets)
{
    private const string Cookie = "parley-console";

    private readonly ITimeLimitedDataProtector _protector = secrets.Protection.CreateProtector("Parley.Console.Login.v1").ToTimeLimitedDataProtector();

    /// <summary>The caller on whose behalf the page gets a token; null = a key is needed.</summary>
    internal Caller? CallerOf(HttpContext context)
    {
        if (KeyIn(context.Request) is { } key && credentials.CheckKey(key, context).Caller is { } known)
            return known;
        return api.Value.DevelopmentKey is { } development && IsSameSite(context.Request) ? credentials.CheckKey(development, context).Caller : null;
    }

    /// <summary>Remembers a key; false where it is not accepted.</summary>
    internal bool TryLogin(HttpContext context, string key)
    {
        if (!IsSameSite(context.Request) || credentials.CheckKey(key, context).Caller is null)
            return false;
        var lifetime = api.Value.Console.LoginLifetime;
        context.Response.Cookies.Append(Cookie, _protector.Protect(key, lifetime), new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = lifetime,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
        });
        return true;
    }

    private string? KeyIn(HttpRequest request)
    {
        if (!IsSameSite(request) || request.Cookies[Cookie] is not { } sealedKey)
            return null;
        try
        {
            return _protector.Unprotect(sealedKey);
        }
        catch (CryptographicException)
        {
            return null; // Too old, or made with keys this server no longer has.
        }
    }

    /// <summary>Pages of other sites may ask, but get nothing: a browser says where a request comes from.</summary>
    private static bool IsSameSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is "same-origin" or "none";
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}

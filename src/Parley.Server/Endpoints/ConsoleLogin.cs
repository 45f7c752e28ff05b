using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>
/// Identifies the user of the console: the developer on this machine, or a user who entered a key, which is kept encrypted in a cookie that scripts cannot
/// read. The page itself only gets ephemeral tokens.
/// </summary>
internal sealed class ConsoleLogin(
    CredentialCheck credentials, IOptions<LiveApiOptions> api, ISecretStore secrets)
{
    private const string Cookie = "parley-console";

    private readonly ITimeLimitedDataProtector _protector = secrets.Protection.CreateProtector("Parley.Console.Login.v1").ToTimeLimitedDataProtector();

    /// <summary>The caller for whom the page gets a token; null = log in with a key first.</summary>
    internal async ValueTask<Caller?> FindCallerAsync(HttpContext context)
    {
        if (KeyIn(context.Request) is { } key && (await credentials.CheckKeyAsync(key, context).ConfigureAwait(false)).Caller is { } known)
            return known;
        return api.Value.DevelopmentKey is { } development && RequestOrigin.IsOwnPage(context.Request)
            ? (await credentials.CheckKeyAsync(development, context).ConfigureAwait(false)).Caller
            : null;
    }

    /// <summary>Stores a key in the cookie; false if it is not accepted.</summary>
    internal async ValueTask<bool> TryLoginAsync(HttpContext context, string key)
    {
        if (!RequestOrigin.IsOwnPage(context.Request) || (await credentials.CheckKeyAsync(key, context).ConfigureAwait(false)).Caller is null)
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
        if (!RequestOrigin.IsOwnPage(request) || request.Cookies[Cookie] is not { } sealedKey)
            return null;
        try
        {
            return _protector.Unprotect(sealedKey);
        }
        catch (CryptographicException)
        {
            return null; // Expired, or encrypted with keys this server no longer has.
        }
    }
}

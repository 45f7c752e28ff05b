using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>
/// Decides whether a page of another site may use the sign-in of a user. A browser sends cookies, client certificates and Windows credentials with every request, and WebSockets know no CORS:
/// without this check any page could open sessions for a user who is signed in. What a program or a page has to add itself, a bearer token or a key, is proof enough.
/// </summary>
internal sealed class AmbientCredentials(RequestOrigin origins, IServiceProvider services)
{
    private const string BearerScheme = "Bearer ";

    // Their packages are not referenced.
    private static readonly string[] AmbientHandlers = ["Microsoft.AspNetCore.Authentication.Negotiate.", "Microsoft.AspNetCore.Authentication.Certificate."];

    private readonly IAuthenticationSchemeProvider? _schemes = services.GetService<IAuthenticationSchemeProvider>();

    /// <summary>Whether the request comes from a program, from a page that may use the sign-in, or with a credential that a browser does not add by itself.</summary>
    internal async ValueTask<bool> IsFromAllowedPageAsync(HttpContext context) =>
        origins.AllowsOthers || RequestOrigin.IsOwnPage(context.Request) || !await MayBeAmbientAsync(context).ConfigureAwait(false);

    private async ValueTask<bool> MayBeAmbientAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.Authorization.ToString() is { Length: > 0 } authorization)
            return !authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase);
        if (headers[HeaderNames.Cookie].Count == 0 && context.Connection.ClientCertificate is null)
            return false;
        // A token in the query string says nothing if it is not what has signed the user in.
        return context.Features.Get<RequestSecrets>() is not { IsTakenByApplication: true } || await UsesAmbientSchemeAsync(context).ConfigureAwait(false);
    }

    private async ValueTask<bool> UsesAmbientSchemeAsync(HttpContext context)
    {
        if (_schemes is null || context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket?.AuthenticationScheme is not { Length: > 0 } asked)
            return true;
        // All schemes that were asked, also those that found nothing.
        foreach (var name in asked.Split(';'))
        {
            if (await _schemes.GetSchemeAsync(name).ConfigureAwait(false) is not { } scheme)
                return true;
            if (IsAmbient(scheme.HandlerType) && (await context.AuthenticateAsync(name).ConfigureAwait(false)).Succeeded)
                return true;
        }
        return false;
    }

    private static bool IsAmbient(Type handler) =>
        typeof(CookieAuthenticationHandler).IsAssignableFrom(handler) || Array.Exists(AmbientHandlers, prefix => handler.FullName?.StartsWith(prefix, StringComparison.Ordinal) is true);
}

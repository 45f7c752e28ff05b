using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Parley.Server.Access;
using Parley.Server.Endpoints;

namespace Parley.Server;

/// <summary>
/// Credentials for the application's own schemes. On the paths of the Live API they are removed from query string and headers before any middleware runs, so that no log contains
/// them; a scheme reads them here.
/// </summary>
public static class LiveSignInExtensions
{
    /// <summary>
    /// The <c>access_token</c> of the query string, for a scheme such as JWT bearer: browsers cannot send an <c>Authorization</c> header with a WebSocket. From now on it
    /// belongs to that scheme, and is no longer checked as an ephemeral token.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="orKey">Whether to take a JWT that was sent as the API key (<c>?key=</c>, <c>x-goog-api-key</c>), as official clients send what they are given as their key.</param>
    /// <returns>
    /// Null if there is none, if it is an ephemeral token of this API, if the request has an <c>Authorization</c> header, which takes precedence, or on other paths, where the
    /// query string is unchanged only below <see cref="LiveApiOptions.ApplicationPaths"/>.
    /// </returns>
    public static string? GetLiveAccessToken(this HttpRequest request, bool orKey = false)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers.ContainsKey(HeaderNames.Authorization))
            return null;
        var secrets = request.HttpContext.Features.Get<RequestSecrets>();
        return secrets?.TakeAccessToken() ?? (orKey && secrets?.Key is { } key && SecretRedaction.IsJwt(key) ? secrets.TakeKey() : null);
    }

    /// <summary>
    /// The API key of the request (<c>?key=</c> or <c>x-goog-api-key</c>), for a scheme with keys of its own, as official clients send them. From now on it belongs to that scheme: if it is not a key of this server, the
    /// authenticated principal opens the session.
    /// </summary>
    /// <returns>Null if there is none, or if it has the format of a virtual key of this server.</returns>
    public static string? GetLiveApiKey(this HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.HttpContext.Features.Get<RequestSecrets>() is { Key: { } key } secrets && !KeyFormat.TryGetId(key, out _) ? secrets.TakeKey() : null;
    }
}

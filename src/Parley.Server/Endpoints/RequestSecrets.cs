using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>
/// The credentials of a request, in place of the query string and headers they were sent in. Of several values the first that is not blank counts: first the
/// query string, then the headers.
/// </summary>
internal sealed class RequestSecrets
{
    private const string KeyHeader = "x-goog-api-key", TokenScheme = "Token ", BearerScheme = "Bearer ";

    internal string? Key { get; private set; }

    internal string? AccessToken { get; private set; }

    /// <summary>The ephemeral token among what was sent as a token; null if there is none.</summary>
    internal string? OwnToken { get; private set; }

    /// <summary>A scheme of the application has read key or token.</summary>
    internal bool IsTakenByApplication { get; private set; }

    /// <summary>A scheme of the application has read the key.</summary>
    internal bool IsKeyTaken { get; private set; }

    /// <summary>The token, for a scheme of the application; null if it is one of this server.</summary>
    internal string? TakeAccessToken()
    {
        if (AccessToken is null || IsOwn(AccessToken))
            return null;
        IsTakenByApplication = true;
        return AccessToken;
    }

    /// <summary>The key, for a scheme of the application.</summary>
    internal string? TakeKey()
    {
        IsTakenByApplication = IsKeyTaken = true;
        return Key;
    }

    /// <summary>Reads the credentials of a query string.</summary>
    internal void ReadQuery(string query)
    {
        foreach (var pair in query.TrimStart('?').Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            var name = Uri.UnescapeDataString(pair[..equals]);
            // A raw '+' stays: no credential contains a space, and not every client escapes the '+' of a key.
            if (name.Equals("key", StringComparison.OrdinalIgnoreCase))
                Key ??= NotBlank(Uri.UnescapeDataString(pair[(equals + 1)..]));
            else if (name.Equals("access_token", StringComparison.OrdinalIgnoreCase))
                AddToken(NotBlank(Uri.UnescapeDataString(pair[(equals + 1)..])));
        }
    }

    /// <summary>Takes the credentials out of the headers. What may belong to the application stays: a bearer that is not a token of this server.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="isOurs">The request is for this API, whose scheme <c>Token</c> always means a token of this server.</param>
    internal void TakeHeaders(IHeaderDictionary headers, bool isOurs)
    {
        if (headers.TryGetValue(KeyHeader, out var keys))
        {
            headers.Remove(KeyHeader);
            foreach (var key in Values(keys))
                Key ??= NotBlank(key);
        }
        var authorizations = Values(headers.Authorization).ToList();
        if (authorizations.TrueForAll(one => TokenOf(one, isOurs) is null))
            return;
        foreach (var authorization in authorizations)
            AddToken(NotBlank(TokenOf(authorization, isOurs)));
        headers.Remove(HeaderNames.Authorization);
        if (authorizations.Where(one => TokenOf(one, isOurs) is null).ToArray() is { Length: > 0 } others)
            headers.Authorization = others;
    }

    /// <summary>The values of a header that was sent several times; clients and proxies may have joined them with commas.</summary>
    internal static IEnumerable<string> Values(StringValues header) => header.SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.TrimEntries));

    private void AddToken(string? token)
    {
        AccessToken ??= token;
        if (token is not null && IsOwn(token))
            OwnToken ??= token;
    }

    private static bool IsOwn(string token) => token.StartsWith(TokenSeal.Prefix, StringComparison.OrdinalIgnoreCase);

    private static string? TokenOf(string value, bool isOurs)
    {
        var isTokenScheme = (value + " ").StartsWith(TokenScheme, StringComparison.OrdinalIgnoreCase);
        if (!isTokenScheme && !value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var credential = value[Math.Min(value.Length, (isTokenScheme ? TokenScheme : BearerScheme).Length)..].TrimStart();
        return (isTokenScheme && isOurs) || IsOwn(credential) ? credential : null;
    }

    private static string? NotBlank(string? value) => value?.Trim().Trim('+') is { Length: > 0 } ? value.Trim() : null;
}

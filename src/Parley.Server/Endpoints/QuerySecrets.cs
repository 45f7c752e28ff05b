using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>The credentials of a request, removed from the places that logs, traces and error pages show: the query string, and credential headers.</summary>
internal sealed class QuerySecrets
{
    private const string Redacted = "REDACTED";

    internal string? Key { get; private set; }

    internal string? AccessToken { get; private set; }

    /// <summary>Removes the credentials from a query string; null if it has none.</summary>
    internal static QuerySecrets? Take(string query, out string rest)
    {
        rest = query;
        QuerySecrets? secrets = null;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().Span;
            var isKey = name.Equals("key", StringComparison.OrdinalIgnoreCase);
            if (!isKey && !name.Equals("access_token", StringComparison.OrdinalIgnoreCase))
                continue;
            secrets ??= new QuerySecrets();
            // No credential contains a space, but a raw '+' decodes to one.
            var value = pair.DecodeValue().ToString().Replace(' ', '+');
            if (isKey)
                secrets.Key ??= value;
            else
                secrets.AccessToken ??= value;
        }
        if (secrets is not null)
            rest = WithoutSecrets(query);
        return secrets;
    }

    /// <summary>Removes the credentials from the headers; <paramref name="secrets"/> may be null before and after. A bearer that is not a token of this server stays: it may belong to the application.</summary>
    internal static void TakeHeaders(IHeaderDictionary headers, ref QuerySecrets? secrets)
    {
        const string KeyHeader = "x-goog-api-key", TokenScheme = "Token ", BearerScheme = "Bearer ";
        if (headers.TryGetValue(KeyHeader, out var keys))
        {
            headers.Remove(KeyHeader);
            if (keys.ToString() is { Length: > 0 } key)
                (secrets ??= new QuerySecrets()).Key ??= key;
        }
        var authorization = headers.Authorization.ToString();
        var isToken = authorization.StartsWith(TokenScheme, StringComparison.OrdinalIgnoreCase);
        if (!isToken && !authorization.StartsWith(BearerScheme + TokenSeal.Prefix, StringComparison.OrdinalIgnoreCase))
            return;
        headers.Remove("Authorization");
        if (authorization[(isToken ? TokenScheme : BearerScheme).Length..].Trim() is { Length: > 0 } token)
            (secrets ??= new QuerySecrets()).AccessToken ??= token;
    }

    private static string WithoutSecrets(string query)
    {
        var text = new StringBuilder(query.Length);
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().Span;
            var isSecret = name.Equals("key", StringComparison.OrdinalIgnoreCase) || name.Equals("access_token", StringComparison.OrdinalIgnoreCase);
            text.Append(text.Length == 0 ? '?' : '&').Append(pair.EncodedName).Append('=');
            text.Append(isSecret ? Redacted : pair.EncodedValue.Span);
        }
        return text.ToString();
    }
}

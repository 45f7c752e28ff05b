using System.Text.RegularExpressions;

namespace Parley.Server.Endpoints;

/// <summary>
/// Replaces credentials in the addresses of a request, wherever a log could show them. Recognizes them by the name of their parameter, in any case, escaping
/// and nesting, and by their form; so an address that is only nearly right shows none either.
/// </summary>
internal static partial class SecretRedaction
{
    internal const string Redacted = "REDACTED";

    /// <summary>Escaping in escaping is undone this often; no router goes further.</summary>
    private const int MaxUnescapes = 4;

    /// <summary>The query string without credentials; the same string if it has none.</summary>
    internal static string Query(string query)
    {
        if (query.Length == 0 || !MayHaveSecret(query))
            return query;
        var parts = SeparatorPattern().Split(query);
        for (var i = 0; i < parts.Length; i++)
            parts[i] = Parameter(parts[i]);
        return string.Concat(parts);
    }

    /// <summary>A query string without the JWTs of the application, under whatever name they were sent; for the paths of this API.</summary>
    internal static string Jwts(string query) => query.Contains("eyJ", StringComparison.Ordinal) ? JwtPattern().Replace(query, Redacted) : query;

    /// <summary>Whether a text has the form of a JWT.</summary>
    internal static bool IsJwt(string text) => JwtPattern().Match(text) is { Index: 0 } match && match.Length == text.Length;

    /// <summary>The path without credentials, as for a client that wrote <c>&amp;key=</c> in place of <c>?key=</c>, or the name of a token as a resource.</summary>
    internal static string Path(string path) => MayHaveSecret(path) ? string.Join('/', Segments(path)) : path;

    /// <summary>An address in a header, such as <c>Referer</c>, without credentials.</summary>
    internal static string Address(string address)
    {
        var query = address.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? Path(address) : Path(address[..query]) + Query(address[query..]);
    }

    private static string[] Segments(string path)
    {
        var segments = path.Split('/');
        var isToken = false;
        for (var i = 0; i < segments.Length; i++)
        {
            var plain = Unescape(segments[i]);
            if (isToken && segments[i].Length > 0)
                segments[i] = Redacted;
            else if (HasSecret(plain))
                segments[i] = NamePattern().Match(plain) is { Success: true, Index: var at } ? plain[..at] + Redacted : Redacted;
            isToken |= plain.EndsWith("auth_tokens", StringComparison.OrdinalIgnoreCase);
        }
        return segments;
    }

    private static string Parameter(string parameter)
    {
        if (!HasSecret(Unescape(parameter)))
            return parameter;
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        // Without a visible name, or with the value in the name, nothing of it can be shown.
        return equals > 0 && NameOnlyPattern().IsMatch(Unescape(parameter[..equals])) ? $"{parameter[..equals]}={Redacted}" : Redacted;
    }

    private static bool HasSecret(string plain) => NamePattern().IsMatch(plain) || FormPattern().IsMatch(plain);

    private static bool MayHaveSecret(string text) => text.Contains('%', StringComparison.Ordinal) || HintPattern().IsMatch(text);

    private static string Unescape(string text)
    {
        for (var i = 0; i < MaxUnescapes && text.Contains('%', StringComparison.Ordinal); i++)
        {
            var plain = Uri.UnescapeDataString(text);
            if (plain == text)
                break;
            text = plain;
        }
        return text;
    }

    [GeneratedRegex("([?&;#]+)")]
    private static partial Regex SeparatorPattern();

    [GeneratedRegex("key|token|parley_|aiza", RegexOptions.IgnoreCase)]
    private static partial Regex HintPattern();

    // key, api_key, apiKey, x-goog-api-key, access_token, accessToken, auth_token, token: with '=' or ':' and a value.
    [GeneratedRegex(@"(?<![A-Za-z0-9_.-])(?:(?:x[-_.]?goog[-_.]?)?(?:api[-_. ]?)?key|(?:access|auth)[-_. ]?tokens?)[\s\[\]""']*[=:]", RegexOptions.IgnoreCase)]
    private static partial Regex NamePattern();

    // Base64 of a JSON object, twice: header and payload.
    [GeneratedRegex(@"eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.?[0-9A-Za-z_-]*")]
    private static partial Regex JwtPattern();

    [GeneratedRegex(@"\A[\s?&;]*[\w.\-\[\] ]*\z")]
    private static partial Regex NameOnlyPattern();

    [GeneratedRegex(@"auth_tokens/\s*\S|parley_[0-9A-Za-z]{16}|AIza[0-9A-Za-z_-]{20}", RegexOptions.IgnoreCase)]
    private static partial Regex FormPattern();
}

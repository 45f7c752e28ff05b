using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Parley.Server;

/// <summary>The credentials the wire puts into the query string, taken out of it.</summary>
internal sealed class QuerySecrets
{
    private const string Redacted = "REDACTED";

    internal string? Key { get; private set; }

    internal string? AccessToken { get; private set; }

    /// <summary>Takes the secrets out of a query string; null where it holds none.</summary>
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
            // No credential holds a space, but a raw '+' decodes to one.
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

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Testing.Cassettes;

/// <summary>
/// Finds keys and tokens, by their form or by their value, in every string of a cassette: prompts, arguments, reasons of closes, targets of requests. Encoded audio
/// and pictures are not searched.
/// </summary>
internal static partial class SecretScan
{
    /// <summary>A shorter value of a variable is a placeholder, and would be found in ordinary words.</summary>
    private const int MinVariableLength = 8;

    private static readonly string[] Variables = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "PARLEY_KEY", "PARLEY_UPSTREAM_KEY"];

    internal static IReadOnlyList<CassetteSecret> Find(Cassette cassette, IEnumerable<string> secrets)
    {
        var values = secrets.Where(static value => value.Length > 0)
            .Concat(Variables.Select(Environment.GetEnvironmentVariable).OfType<string>().Where(static value => value.Length >= MinVariableLength)).Distinct().ToList();
        var found = new List<CassetteSecret>();
        foreach (var connection in cassette.Connections)
        {
            if (connection.Target is { } target)
                Check(target, $"connection {connection.Number}, target of the request");
            int client = 0, server = 0;
            foreach (var entry in connection.Entries)
            {
                var number = entry.IsFromClient ? ++client : ++server;
                var where = string.Create(CultureInfo.InvariantCulture, $"connection {connection.Number}, {(entry.IsFromClient ? "client" : "server")} message {number}");
                if (entry.CloseReason is { } reason)
                    Check(reason, $"connection {connection.Number}, reason of the close");
                if (!entry.IsMessage)
                    continue;
                var texts = JsonText.Find(entry.Message.Span);
                foreach (var text in (texts ?? []).Where(static text => !MediaReference.TryParse(text.Value, out _)))
                    Check(text.Value, $"{where}, {text.Path}");
                // Names of members, numbers, and what is not JSON.
                Check(Encoding.UTF8.GetString(Blank(entry.Message.Span, texts)), where);
            }
        }
        return [.. found.Distinct()];

        void Check(string text, string where)
        {
            if (Form(text) is { } form)
                found.Add(new CassetteSecret(where, form));
            else if (values.Exists(value => Contains(text, value)))
                found.Add(new CassetteSecret(where, "a value that was given as a secret"));
        }
    }

    /// <summary>What the text contains that looks like a secret; null = nothing.</summary>
    internal static string? Form(string text) => InForm(text) ?? (text.Contains('%', StringComparison.Ordinal) ? InForm(Unescape(text)) : null);

    private static string? InForm(string text) => text switch
    {
        _ when GoogleKey().IsMatch(text) => "a Google API key (AIza…)",
        _ when NewGoogleKey().IsMatch(text) => "a Google API key (AQ.…)",
        _ when AuthToken().IsMatch(text) => "an ephemeral token (auth_tokens/…)",
        _ when OAuthToken().IsMatch(text) => "a Google access token (ya29.…)",
        _ when Bearer().IsMatch(text) => "a bearer (Bearer …)",
        _ when PrivateKey().IsMatch(text) => "a private key",
        _ when ParleyKey().IsMatch(text) => "a key of Parley (parley_…)",
        _ when Jwt().IsMatch(text) => "a JSON Web Token (eyJ…)",
        _ when OtherKey().IsMatch(text) => "a key of another service",
        _ when QueryKey().IsMatch(text) => "a credential in an address",
        _ => null,
    };

    private static bool Contains(string text, string value) =>
        text.Contains(value, StringComparison.Ordinal) || (text.Contains('%', StringComparison.Ordinal) && Unescape(text).Contains(value, StringComparison.Ordinal));

    private static string Unescape(string text) => Uri.UnescapeDataString(Uri.UnescapeDataString(text));

    // String values are looked at by themselves.
    private static byte[] Blank(ReadOnlySpan<byte> message, List<JsonText>? texts) => texts is null ? message.ToArray() : JsonText.Replace(message, texts, static _ => "");

    [GeneratedRegex(@"AIza[0-9A-Za-z_-]{16,}")]
    private static partial Regex GoogleKey();

    [GeneratedRegex(@"(?<![\w.])AQ\.[0-9A-Za-z_-]{20,}")]
    private static partial Regex NewGoogleKey();

    [GeneratedRegex(@"auth_tokens/\s*[^\s""']{6,}", RegexOptions.IgnoreCase)]
    private static partial Regex AuthToken();

    [GeneratedRegex(@"ya29\.[0-9A-Za-z_-]{6,}")]
    private static partial Regex OAuthToken();

    [GeneratedRegex(@"\b(Bearer|Token)\s+[0-9A-Za-z._~+/=-]*\d[0-9A-Za-z._~+/=-]{8,}|\bAuthorization\s*[:=]\s*\S{6,}", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"parley_[0-9A-Za-z]{16,}")]
    private static partial Regex ParleyKey();

    [GeneratedRegex(@"eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]+")]
    private static partial Regex Jwt();

    [GeneratedRegex(@"\b(sk-[0-9A-Za-z_-]{20,}|gh[pousr]_[0-9A-Za-z]{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16}|xox[abprs]-[0-9A-Za-z-]{10,}|GOCSPX-[\w-]{20,})")]
    private static partial Regex OtherKey();

    [GeneratedRegex(@"[?&;](key|api_?key|access_token|auth_token)=[^&\s]{6,}", RegexOptions.IgnoreCase)]
    private static partial Regex QueryKey();
}

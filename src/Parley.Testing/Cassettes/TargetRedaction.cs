using System.Text.RegularExpressions;

namespace Parley.Testing.Cassettes;

/// <summary>Takes credentials out of the target of a request.</summary>
internal static partial class TargetRedaction
{
    /// <summary>Path and query without the parameters that carry credentials, and with repeated slashes folded.</summary>
    internal static string? Clean(string? target)
    {
        if (target is null)
            return null;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = Slashes().Replace(question < 0 ? target : target[..question], "/");
        if (question < 0)
            return path;
        var pairs = target[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries);
        var query = string.Join('&', pairs.Where(static pair => !Credential().IsMatch(Uri.UnescapeDataString(pair))));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes();

    [GeneratedRegex(@"\A\s*(x-goog-)?(api[-_.]?)?key\s*=|\A\s*(access|auth)[-_.]?token\s*=|\A\s*token\s*=|\A\s*authorization\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex Credential();
}

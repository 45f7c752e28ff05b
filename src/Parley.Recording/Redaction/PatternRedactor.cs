using System.Text.RegularExpressions;

namespace Parley.Recording.Redaction;

/// <summary>Finds what a regular expression matches, in a time that grows with the length of the text only.</summary>
/// <param name="pattern">The expression.</param>
/// <param name="label">What is written instead.</param>
internal sealed class PatternRedactor(string pattern, string label) : IRecordRedactor
{
    private readonly Regex _pattern = new(pattern, Options);

    /// <exception cref="ArgumentException">It is not a regular expression.</exception>
    /// <exception cref="NotSupportedException">It uses what needs backtracking.</exception>
    internal static void Check(string pattern) => _ = new Regex(pattern, Options);

    private static RegexOptions Options => RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    public IEnumerable<RecordRedaction> Find(string text)
    {
        var found = new List<RecordRedaction>();
        foreach (var match in _pattern.EnumerateMatches(text))
            found.Add(new RecordRedaction(match.Index, match.Length, label));
        return found;
    }
}

using System.Text.RegularExpressions;

namespace Parley.Cascade.Answering;

/// <summary>
/// Finds the language a system instruction asks for. A name alone does not ask for it ("you teach German"): it counts after a word such as
/// "in" or "speak" that is not negated, or if the instruction is hardly more than the name.
/// </summary>
internal static partial class InstructionLanguage
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["english"] = "en", ["englisch"] = "en", ["anglais"] = "en", ["inglés"] = "en", ["angielsku"] = "en",
        ["german"] = "de", ["deutsch"] = "de", ["allemand"] = "de", ["alemán"] = "de", ["niemiecku"] = "de",
        ["french"] = "fr", ["français"] = "fr", ["francais"] = "fr", ["französisch"] = "fr", ["francés"] = "fr", ["francusku"] = "fr",
        ["spanish"] = "es", ["español"] = "es", ["espanol"] = "es", ["castellano"] = "es", ["spanisch"] = "es", ["espagnol"] = "es",
        ["hiszpańsku"] = "es",
        ["polish"] = "pl", ["polski"] = "pl", ["polsku"] = "pl", ["polnisch"] = "pl", ["polonais"] = "pl", ["polaco"] = "pl",
    };

    private static readonly HashSet<string> LanguageCues = new(StringComparer.OrdinalIgnoreCase)
    {
        "in", "speak", "speaks", "speaking", "use", "language", "answer", "respond", "reply", "talk", "auf", "sprich", "sprache",
        "en", "parle", "parlez", "langue", "habla", "idioma", "lengua", "po", "mów", "język", "to", "is",
    };

    private static readonly HashSet<string> Negations = new(StringComparer.OrdinalIgnoreCase)
    {
        "not", "never", "don't", "nicht", "nie", "jamais", "pas", "no", "nunca", "avoid", "without", "from",
    };

    /// <summary>The language code, such as <c>de</c>; null if the instruction names no language.</summary>
    internal static string? Of(string instruction) => ByName(instruction) ?? ByCode(instruction);

    private static string? ByName(string instruction)
    {
        foreach (var sentence in instruction.Split('.', '!', '?', ';', '\n'))
        {
            var words = WordPattern().Matches(sentence).Select(match => match.Value).ToArray();
            for (var i = 0; i < words.Length; i++)
            {
                if (Names.TryGetValue(words[i], out var code)
                    && (words.Length <= 3 || words[Math.Max(0, i - 3)..i].Any(LanguageCues.Contains))
                    && !words[Math.Max(0, i - 5)..i].Any(Negations.Contains))
                {
                    return code;
                }
            }
        }
        return null;
    }

    private static string? ByCode(string instruction)
    {
        var match = CodePattern().Match(instruction);
        return match.Success ? match.Groups["code"].Value[..2].ToLowerInvariant() : null;
    }

    [GeneratedRegex(@"\p{L}+(?:'\p{L}+)?")]
    private static partial Regex WordPattern();

    // "language: de", "languageCode=fr-FR", "answer in pl", or a region code such as de-AT anywhere, or only a code.
    [GeneratedRegex(
        @"(?:\b(?:language|lang|locale|language_?code|sprache|langue|idioma|język)\b[\s:=""']*(?:is\s+)?[""']?|\b(?:answer|respond|reply|speak|talk)\s+(?:only\s+|always\s+)?in\s+[""']?|^\s*)(?<code>(?:de|fr|es|pl|en)(?:[-_][a-z]{2})?)(?![\p{L}\d-])|\b(?<code>(?:de|fr|es|pl|en)-[A-Z]{2})\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CodePattern();
}

using System.Text.RegularExpressions;

namespace Parley.Server.Brains.Languages;

/// <summary>
/// Finds the language a system instruction asks for. A name alone is not a wish ("you teach German"): it counts after
/// a word such as "in" or "speak", unless that is denied, or when the instruction is hardly more than the name.
/// </summary>
internal static partial class LanguageChoice
{
    private static readonly Language[] Known = [English.Language, German.Language, French.Language, Spanish.Language, Polish.Language];

    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["english"] = "en", ["englisch"] = "en", ["anglais"] = "en", ["inglés"] = "en", ["angielsku"] = "en",
        ["german"] = "de", ["deutsch"] = "de", ["allemand"] = "de", ["alemán"] = "de", ["niemiecku"] = "de",
        ["french"] = "fr", ["français"] = "fr", ["francais"] = "fr", ["französisch"] = "fr", ["francés"] = "fr", ["francusku"] = "fr",
        ["spanish"] = "es", ["español"] = "es", ["espanol"] = "es", ["castellano"] = "es", ["spanisch"] = "es", ["espagnol"] = "es", ["hiszpańsku"] = "es",
        ["polish"] = "pl", ["polski"] = "pl", ["polsku"] = "pl", ["polnisch"] = "pl", ["polonais"] = "pl", ["polaco"] = "pl",
    };

    private static readonly HashSet<string> Wishes = new(StringComparer.OrdinalIgnoreCase)
    {
        "in", "speak", "speaks", "speaking", "use", "language", "answer", "respond", "reply", "talk", "auf", "sprich", "sprache",
        "en", "parle", "parlez", "langue", "habla", "idioma", "lengua", "po", "mów", "język", "to", "is",
    };

    private static readonly HashSet<string> Denials = new(StringComparer.OrdinalIgnoreCase)
    {
        "not", "never", "don't", "nicht", "nie", "jamais", "pas", "no", "nunca", "avoid", "without", "from",
    };

    /// <param name="instruction">The system instruction.</param>
    /// <param name="languageCode">Counts where the instruction names no language; English where neither does, or where it is none we know.</param>
    public static Language From(string instruction, string? languageCode = null)
    {
        var code = ByName(instruction) ?? ByCode(instruction) ?? languageCode?.Split('-', '_')[0];
        return Known.FirstOrDefault(language => language.Code.Equals(code, StringComparison.OrdinalIgnoreCase)) ?? English.Language;
    }

    private static string? ByName(string instruction)
    {
        foreach (var sentence in instruction.Split('.', '!', '?', ';', '\n'))
        {
            var words = WordPattern().Matches(sentence).Select(match => match.Value).ToArray();
            for (var i = 0; i < words.Length; i++)
            {
                if (Names.TryGetValue(words[i], out var code)
                    && (words.Length <= 3 || words[Math.Max(0, i - 3)..i].Any(Wishes.Contains))
                    && !words[Math.Max(0, i - 5)..i].Any(Denials.Contains))
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

    // "language: de", "languageCode=fr-FR", "answer in pl", or a region code such as de-AT anywhere, or nothing but a code.
    [GeneratedRegex(
        @"(?:\b(?:language|lang|locale|language_?code|sprache|langue|idioma|język)\b[\s:=""']*(?:is\s+)?[""']?|\b(?:answer|respond|reply|speak|talk)\s+(?:only\s+|always\s+)?in\s+[""']?|^\s*)(?<code>(?:de|fr|es|pl|en)(?:[-_][a-z]{2})?)(?![\p{L}\d-])|\b(?<code>(?:de|fr|es|pl|en)-[A-Z]{2})\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CodePattern();
}

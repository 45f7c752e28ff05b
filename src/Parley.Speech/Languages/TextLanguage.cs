using System.Text;

namespace Parley.Speech.Languages;

/// <summary>
/// Guesses the language of a text by its script, its letters and its most frequent words. Reliable for a sentence, not for a name.
/// </summary>
internal static class TextLanguage
{
    // A letter unique to one language outweighs a word that several languages share.
    private const int LetterWeight = 3;

    /// <summary>Returns the most likely language.</summary>
    /// <param name="text">A sentence or more.</param>
    /// <returns>The language code ("en", "de", "ja"); null if there is no evidence for one.</returns>
    public static string? Guess(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scripts = new Dictionary<string, int>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune) && Scripts.Of(rune.Value) is { } script)
                scripts[script] = scripts.GetValueOrDefault(script) + 1;
        }

        if (scripts.Count == 0)
            return null;

        // Japanese is written with Chinese characters and a syllabary of its own in between.
        if (scripts.ContainsKey(Scripts.Kana))
            return "ja";
        var (main, _) = scripts.MaxBy(script => script.Value);
        return main switch
        {
            Scripts.Latin => GuessLatin(text),
            Scripts.Cyrillic => text.IndexOfAny(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ']) >= 0 ? "uk" : "ru",
            Scripts.Arabic => text.IndexOfAny(['ٹ', 'ڈ', 'ے', 'ں']) >= 0 ? "ur" : text.IndexOfAny(['پ', 'چ', 'ژ', 'گ']) >= 0 ? "fa" : "ar",
            _ => main,
        };
    }

    private static string? GuessLatin(string text)
    {
        var words = text.ToLowerInvariant().Split(
            text.Where(c => !char.IsLetter(c) && c is not '\'').Distinct().ToArray(), StringSplitOptions.RemoveEmptyEntries);
        string? best = null;
        var (highest, isTied) = (0, false);
        foreach (var (language, (common, letters)) in LatinLanguages.All)
        {
            var score = words.Count(common.Contains) + (LetterWeight * words.Count(word => word.AsSpan().ContainsAny(letters)));
            if (score > highest)
                (best, highest, isTied) = (language, score, false);
            else if (score == highest && score > 0)
                isTied = true;
        }
        return isTied ? null : best;
    }
}

using System.Globalization;
using Parley.Assistant.Functions;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Grammar;

/// <summary>Converts identifiers and values of functions to the words that users say for them.</summary>
internal static class SpokenForm
{
    private const int MaxWords = 8;

    /// <summary>
    /// "getWeather", "LIVING_ROOM" and "level2" in plain lower-case words; empty if the result has letters other than a to z.
    /// </summary>
    public static string Of(string name)
    {
        // The dictionary of the recognizer is American.
        var words = string.Join(' ', FunctionShape.SplitName(name).Select(NumberInWords).Select(word => word is "colour" ? "color" : word));
        return IsPlain(words) ? words : "";
    }

    /// <summary>Whether the text is at most 8 words of the letters a to z and nothing else.</summary>
    public static bool IsPlain(string text) =>
        text.Length > 0 && text.All(character => character is ' ' or (>= 'a' and <= 'z')) && text.Split(' ').Length <= MaxWords
            && !text.Contains("  ", StringComparison.Ordinal);

    private static string NumberInWords(string word)
    {
        if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return word;
        var vocabulary = English.Language.Vocabulary;
        return number switch
        {
            <= 20 => vocabulary.SmallNumbers[number],
            < 100 => number % 10 == 0
                ? vocabulary.Tens[(number / 10) - 2]
                : $"{vocabulary.Tens[(number / 10) - 2]} {vocabulary.SmallNumbers[number % 10]}",
            100 => "one hundred",
            _ => string.Join(' ', word.Select(digit => vocabulary.SmallNumbers[digit - '0'])),
        };
    }
}

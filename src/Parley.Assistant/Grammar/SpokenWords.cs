using System.Globalization;
using Parley.Assistant.Functions;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Grammar;

/// <summary>Names and values of programs as the words people say for them.</summary>
internal static class SpokenWords
{
    private const int MaxWords = 8;

    /// <summary>"getWeather", "LIVING_ROOM" and "level2" in plain lower-case words; empty where they cannot be said in the letters of English.</summary>
    public static string Of(string name)
    {
        var words = string.Join(' ', FunctionShape.SplitName(name).Select(NumberInWords));
        return ArePlain(words) ? words : "";
    }

    /// <summary>Whether the text is a few words of the letters a to z and nothing else.</summary>
    public static bool ArePlain(string text) =>
        text.Length > 0 && text.All(character => character is ' ' or (>= 'a' and <= 'z')) && text.Split(' ').Length <= MaxWords && !text.Contains("  ", StringComparison.Ordinal);

    private static string NumberInWords(string word)
    {
        if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return word;
        }

        var vocabulary = English.Language.Vocabulary;
        return number switch
        {
            <= 20 => vocabulary.SmallNumbers[number],
            < 100 => number % 10 == 0 ? vocabulary.Tens[(number / 10) - 2] : $"{vocabulary.Tens[(number / 10) - 2]} {vocabulary.SmallNumbers[number % 10]}",
            100 => "one hundred",
            _ => string.Join(' ', word.Select(digit => vocabulary.SmallNumbers[digit - '0'])),
        };
    }
}

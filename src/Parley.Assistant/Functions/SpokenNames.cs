using System.Text.RegularExpressions;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>
/// Finds declared functions by the name people say: "call the function get weather" means <c>get_weather</c>. Words are
/// compared with their plural and a few synonyms and sound-alikes folded, because a recognizer writes what it heard.
/// </summary>
internal static partial class SpokenNames
{
    private const int MaxNameLength = 200;

    private static readonly Dictionary<string, string> SameMeaning = new(StringComparer.Ordinal)
    {
        ["whether"] = "weather", ["switch"] = "turn", ["lamp"] = "light", ["lite"] = "light", ["begin"] = "start", ["song"] = "music",
        ["mail"] = "email", ["colour"] = "color", ["remove"] = "delete", ["clothes"] = "close", ["cell"] = "sell", ["by"] = "buy",
        ["meet"] = "meat", ["male"] = "email", ["buoy"] = "buy",
    };

    /// <summary>Writes the declared name in place of the spoken one behind "call the function", so that it is found by its name.</summary>
    public static string Resolve(string text, IReadOnlyList<FunctionShape> functions)
    {
        if (functions.Count == 0)
        {
            return text;
        }

        foreach (var head in HeadPattern().Matches(text).Reverse())
        {
            var start = head.Index + head.Length;
            var rest = new Utterance(text[start..Math.Min(text.Length, start + MaxNameLength)]);
            if (Longest(rest, functions) is { NameWords.Length: > 1 } function)
            {
                // The utterance lost its leading space; where it begins in the text tells by how much its words moved.
                var shift = start + (text.AsSpan(start).Length - text.AsSpan(start).TrimStart().Length);
                text = $"{text[..head.Index]}call the function {function.Name}{text[(shift + rest.Words[function.NameWords.Length - 1].End)..]}";
            }
        }

        return text;
    }

    public static bool Same(string said, string declared) => said == declared || Fold(said) == Fold(declared);

    private static FunctionShape? Longest(Utterance rest, IReadOnlyList<FunctionShape> functions) =>
        functions.Where(function => Begins(rest, function.NameWords)).MaxBy(function => function.NameWords.Length);

    private static bool Begins(Utterance rest, string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (i >= rest.Words.Count || !Same(rest.Words[i].Lower, words[i]))
            {
                return false;
            }
        }

        return words.Length > 0;
    }

    private static string Fold(string word)
    {
        var stem = word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2]
            : word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1]
            : word;
        return SameMeaning.GetValueOrDefault(stem, stem);
    }

    [GeneratedRegex(
        @"\b(?:call|invoke|run|execute|use)\s+(?:(?:the|a|my|your)\s+)?(?:(?:function|tool)s?\s+(?:named\s+|called\s+)?)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HeadPattern();
}

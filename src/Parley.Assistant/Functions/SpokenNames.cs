using System.Text;
using System.Text.RegularExpressions;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>
/// Finds declared functions by their spoken name: "call the function get weather" means <c>get_weather</c>. Plurals, a few synonyms and
/// homophones are treated as equal, because a recognizer may write either.
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

    /// <summary>Replaces the spoken name after "call the function" with the declared one.</summary>
    public static string Resolve(string text, IReadOnlyList<FunctionShape> functions)
    {
        if (functions.Count == 0)
            return text;
        var resolved = new StringBuilder();
        var copiedUpTo = 0;
        foreach (Match head in HeadPattern().Matches(text))
        {
            var start = head.Index + head.Length;
            // A head inside a name that was just replaced is part of that name.
            if (head.Index < copiedUpTo)
                continue;
            var rest = new Utterance(text[start..Math.Min(text.Length, start + MaxNameLength)]);
            if (Longest(rest, functions) is not { NameWords.Length: > 1 } function)
                continue;
            // The utterance has no leading space, so its word positions are shifted by the length of that space.
            var shift = start + (text.AsSpan(start).Length - text.AsSpan(start).TrimStart().Length);
            resolved.Append(text, copiedUpTo, head.Index - copiedUpTo).Append("call the function ").Append(function.Name);
            copiedUpTo = shift + rest.Words[function.NameWords.Length - 1].End;
        }
        return resolved.Append(text, copiedUpTo, text.Length - copiedUpTo).ToString();
    }

    public static bool Same(string said, string declared) => said == declared || Fold(said) == Fold(declared);

    private static FunctionShape? Longest(Utterance rest, IReadOnlyList<FunctionShape> functions) =>
        functions.Where(function => Begins(rest, function.NameWords)).MaxBy(function => function.NameWords.Length);

    private static bool Begins(Utterance rest, string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (i >= rest.Words.Count || !Same(rest.Words[i].Lower, words[i]))
                return false;
        }
        return words.Length > 0;
    }

    /// <summary>The word without the ending of a plural or genitive.</summary>
    public static string Stem(string word) => word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2]
        : word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1]
        : word;

    private static string Fold(string word)
    {
        var stem = Stem(word);
        return SameMeaning.GetValueOrDefault(stem, stem);
    }

    [GeneratedRegex(
        @"\b(?:call|invoke|run|execute|use)\s+(?:(?:the|a|my|your)\s+)?(?:(?:function|tool)s?\s+(?:named\s+|called\s+)?)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HeadPattern();
}

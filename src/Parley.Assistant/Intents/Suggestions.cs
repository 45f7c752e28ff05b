using Parley.Assistant.Functions;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>
/// Things to say that the assistant can do: the ones nearest to what was heard, else the next of the list with every turn.
/// </summary>
internal static class Suggestions
{
    /// <summary>Below it, an example has nothing to do with what was heard.</summary>
    private const double Near = 0.4;

    /// <summary>Most characters of an utterance that are compared; examples are short.</summary>
    private const int MaxCompared = 80;

    /// <summary>Two different examples.</summary>
    public static (string First, string Second) For(TurnContext turn)
    {
        var examples = turn.Functions.Take(32).Select(ExampleOf).Where(example => example.Length > 0)
            .Concat(turn.Phrases.Suggestions).Distinct().ToList();
        var heard = Letters(turn.Heard.Text);
        var last = turn.Tail.LastAnswer;
        var near = examples.Select(example => (Example: example, Score: Likeness(heard, Letters(example))))
            .Where(one => one.Score >= Near).OrderByDescending(one => one.Score).Select(one => one.Example).Take(2).ToList();
        var next = turn.Tail.Count / 2 * 2 % examples.Count;
        var others = Enumerable.Range(0, examples.Count).Select(i => examples[(next + i) % examples.Count]).Except(near);
        // What the last answer suggested was not what was wanted.
        string[] all = [.. near, .. others.OrderBy(example => last.Contains(example, StringComparison.Ordinal))];
        return (all[0], all[1]);
    }

    /// <summary>A sentence that calls the function: "set the page colour to green", "roll two dice". Function names are taken as English.</summary>
    internal static string ExampleOf(FunctionShape function)
    {
        var words = function.NameWords;
        if (words.Length == 0)
            return "";
        var isVerb = RequestWords.IsVerb(words[0]);
        string[] rest = isVerb ? words[1..] : words;
        var value = function.Parameters.OrderByDescending(parameter => parameter.Required).Select(ValueOf).FirstOrDefault(found => found.Length > 0) ?? "";
        if (isVerb && words[0] is "get" or "fetch" or "check" or "show" or "lookup" or "query" or "read" or "tell")
            return $"what is the {string.Join(' ', rest.Where(word => word is not ("current" or "the" or "my")))}{(value.StartsWith(" in", StringComparison.Ordinal) ? value : "")}";
        if (isVerb && rest.Length > 0 && function.Parameters.Any(parameter => parameter.IsCount))
            return $"{words[0]} two {string.Join(' ', rest)}";
        var article = !isVerb || rest.Length == 0 || rest[0] is "the" or "music" or "news" or "to" or "a" or "an" || rest[^1].EndsWith('s') && rest[0] is not ("on" or "off") ? ""
            : words[0] is "create" or "add" or "draw" or "book" or "order" or "start" or "schedule" or "send" or "write" or "make" or "flip" ? "a " : "the ";
        var particle = rest.Length > 1 && rest[0] is "on" or "off" or "up" or "down" ? rest[0] + " " : "";
        rest = particle.Length > 0 ? rest[1..] : rest;
        article = particle.Length > 0 && rest.Length > 0 && rest[0] is not "the" ? "the " : particle.Length > 0 ? "" : article;
        return $"{(isVerb ? words[0] + " " : "")}{particle}{article}{string.Join(' ', rest)}{value}".Trim();
    }

    private static string ValueOf(ParameterShape parameter) => parameter switch
    {
        { IsColour: true } => " to green",
        { EnumValues: [var first, ..] } => $" to {string.Join(' ', FunctionShape.SplitName(first))}",
        { Unit: "minute" or "second" } => " for ten minutes",
        { Unit: "degree" } => " to 21 degrees",
        { Unit: "percent" } => " to 40 percent",
        { IsFreeText: true } when parameter.NameWords.Any(word => word is "city" or "location" or "town") => " in Paris",
        { IsFreeText: true } when parameter.NameWords.Any(word => word is "room") => " in the kitchen",
        { IsTime: true } or { IsDateTime: true } => " for 7 am",
        _ => "",
    };

    private static string Letters(string text) =>
        new([.. (text.Length > MaxCompared ? text[..MaxCompared] : text).ToLowerInvariant().Where(char.IsLetterOrDigit)]);

    // 1 minus the edit distance of the letters by the longer text: recognizers err in words that sound, and are written, alike.
    private static double Likeness(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0)
            return 0;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 0; i < a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < b.Length; j++)
                (diagonal, row[j + 1]) = (row[j + 1], a[i] == b[j] ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j + 1])));
        }
        return 1 - ((double)row[^1] / Math.Max(a.Length, b.Length));
    }
}

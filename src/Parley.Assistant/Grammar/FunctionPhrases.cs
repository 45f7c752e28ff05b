using Parley.Assistant.Functions;

namespace Parley.Assistant.Grammar;

/// <summary>
/// JSGF phrases that request a declared function: by its name, as a plain request, with up to two arguments, or a value alone that answers
/// a question for it.
/// </summary>
internal static class FunctionPhrases
{
    private const string Link = "[in | to | for | at | of | on | with | as]";

    private static readonly HashSet<string> Fetching =
    [
        "get", "fetch", "find", "lookup", "query", "check", "show", "tell", "read", "retrieve", "give", "list",
    ];
    private static readonly HashSet<string> Articles = ["the", "a", "an"];

    public static IEnumerable<string> Of(FunctionShape function)
    {
        var name = SpokenForm.Of(function.Name);
        if (name.Length == 0)
            yield break;
        var head = $"([please] (call | use | run) [the] [function | tool] {name} | [please | could you | can you] {Plain(name.Split(' '))})";
        var arguments = function.Parameters.Select(Argument).OfType<string>().ToArray();
        yield return $"{head} [please]";
        foreach (var phrase in Meant(function, name.Split(' ')))
            yield return phrase;
        foreach (var argument in arguments)
            yield return $"{head} {argument} [please]";
        // The assistant asks only for required values.
        foreach (var parameter in function.Parameters.Where(parameter => parameter.Required))
        {
            if (SpokenValues.Of(parameter) is { } value)
                yield return $"[it is | make it | in | to | for | at] {value} [please]";
        }
        // People name arguments in any order.
        foreach (var (first, second) in arguments.SelectMany(first => arguments.Where(second => second != first).Select(second => (first, second))))
            yield return $"{head} {first} [and] {second}";
    }

    // How people ask for it without its name: "make the page green", "roll two dice", "start a timer for ten minutes".
    private static IEnumerable<string> Meant(FunctionShape function, string[] words)
    {
        const string polite = "[please | could you | can you]";
        var isVerb = RequestWords.IsVerb(words[0]);
        var thing = string.Join(' ', words.Where((word, i) => (i > 0 || !isVerb) && !Articles.Contains(word) && word is not ("color" or "to")));
        if (!isVerb || Fetching.Contains(words[0]))
            yield break;
        if (function.Parameters.Any(parameter => parameter.IsColour))
        {
            var it = thing.Length > 0 ? $"(the {thing} | it)" : "it";
            yield return $"{polite} (make | turn | paint | color | change | switch) {it} [to] {SpokenValues.Colour} [please]";
            yield return thing.Length > 0
                ? $"{polite} (set | change) the ({thing} color | color of the {thing}) to {SpokenValues.Colour} [please]"
                : $"{polite} (set | change) the color to {SpokenValues.Colour} [please]";
        }
        if (thing.Length == 0)
            yield break;
        if (function.Parameters.Any(parameter => parameter.IsCount))
        {
            var one = thing.EndsWith("dice", StringComparison.Ordinal) ? "(dice | die)" : thing;
            yield return $"{polite} {words[0]} {SpokenValues.Count} {one} [please]";
            yield return $"{polite} {words[0]} (a | the | some | a pair of) {one} [please | again]";
        }
        var verbs = words[0] is "set" or "change" or "adjust" ? "(set | change | turn | put)" : words[0] is "start" or "create" or "make" or "add" ? "(set | start | create | make)" : words[0];
        foreach (var parameter in function.Parameters.Where(parameter => parameter.IsNumber))
        {
            if (parameter.Unit is { } unit && SpokenQuantities.IsTime(unit))
                yield return $"{polite} {verbs} (a | the) {thing} (for | of) {SpokenValues.Number} (seconds | minutes | minute | hours | hour) [please]";
            else if (words[0] is "set" or "change" or "adjust" or "turn")
                yield return $"{polite} {verbs} the {thing} [up | down] (to | at) {SpokenValues.Number} [percent | degrees] [please]";
        }
    }

    // "get_current_weather": get me the weather, what is the weather like. "turn_on_the_lights": turn on the lights.
    private static string Plain(string[] words)
    {
        if (!Fetching.Contains(words[0]) || words.Length == 1)
        {
            var verb = words[0] is "turn" or "switch" ? "(turn | switch)" : words[0];
            return words.Length == 1
                ? verb
                : $"{verb} {string.Join(' ', words[1..^1].Where(word => !Articles.Contains(word)).Append($"[the | a | an] {words[^1]}"))}";
        }
        var thing = string.Join(' ', words[1..].Select(word => word is "current" || Articles.Contains(word) ? $"[{word}]" : word));
        return $"({words[0]} [me] [the] | what is [the] | how is [the] | tell me [the] | show me [the] | i want [to know] [the]) {thing} [like | now | today]";
    }

    private static string? Argument(ParameterShape parameter)
    {
        var name = SpokenForm.Of(parameter.Name);
        // "Roll two dice" and not "roll dice for two": the number of things comes before them.
        if (parameter.IsCount && !parameter.Required)
            return null;
        if (parameter.Unit == "side")
            return $"with {SpokenValues.Number} sides";
        return SpokenValues.Of(parameter) is { } value
            ? name.Length > 0 ? $"{Link} [[the] {name} [is | to | of]] {value}" : $"{Link} {value}"
            : null;
    }
}

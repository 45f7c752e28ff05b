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
        foreach (var argument in arguments)
            yield return $"{head} {argument} [please]";
        foreach (var parameter in function.Parameters)
        {
            if (SpokenValues.Of(parameter) is { } value)
                yield return $"[it is | make it | in | to | for | at] {value} [please]";
        }
        // People name arguments in any order.
        foreach (var (first, second) in arguments.SelectMany(first => arguments.Where(second => second != first).Select(second => (first, second))))
            yield return $"{head} {first} [and] {second}";
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
        return SpokenValues.Of(parameter) is { } value
            ? name.Length > 0 ? $"{Link} [[the] {name} [is | to | of]] {value}" : $"{Link} {value}"
            : null;
    }
}

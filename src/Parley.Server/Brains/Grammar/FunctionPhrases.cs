using Parley.Server.Brains.Functions;

namespace Parley.Server.Brains;

/// <summary>How a declared function is asked for by voice: by its name, plainly, and by a bare value after a question for it.</summary>
internal static class FunctionPhrases
{
    /// <summary>Arguments said in one breath; more are asked for one by one.</summary>
    private const int MaxArguments = 3;

    private static readonly HashSet<string> Fetching = ["get", "fetch", "find", "lookup", "query", "check", "show", "tell", "read", "retrieve", "give", "list"];

    public static IEnumerable<string> Of(FunctionShape function)
    {
        var name = SpokenWords.Of(function.Name);
        if (name.Length == 0)
        {
            yield break;
        }

        var arguments = Arguments(function);
        yield return $"[please] (call | use | run) [the] [function | tool] {name} {arguments}".TrimEnd();
        yield return $"[please | could you | can you] {Plain(name.Split(' '))} {arguments} [please]";
        foreach (var parameter in function.Parameters)
        {
            if (SpokenValues.Of(parameter) is { } value)
            {
                yield return $"[it is | make it | in | to | for | at] {value} [please]";
            }
        }
    }

    // "get_current_weather": get me the weather, what is the weather like. "turn_on_the_lights": turn on the lights.
    private static string Plain(string[] words)
    {
        var fetches = Fetching.Contains(words[0]) && words.Length > 1;
        if (!fetches)
        {
            var verb = words[0] is "turn" or "switch" ? "(turn | switch)" : words[0];
            return words.Length == 1 ? verb : $"{verb} {string.Join(' ', words[1..^1].Where(word => word is not ("the" or "a" or "an")).Append($"[the | a | an] {words[^1]}"))}";
        }

        var thing = string.Join(' ', words[1..].Select(word => word is "current" or "the" or "a" or "an" ? $"[{word}]" : word));
        return $"({words[0]} [me] [the] | what is [the] | how is [the] | tell me [the] | show me [the] | i want [to know] [the]) {thing} [like | now | today]";
    }

    private static string Arguments(FunctionShape function)
    {
        var arguments = function.Parameters.Select(Argument).OfType<string>().ToArray();
        if (arguments.Length == 0)
        {
            return "";
        }

        // People name arguments in any order, and some not at all.
        var any = arguments.Length == 1 ? arguments[0] : $"({string.Join(" | ", arguments)})";
        var all = "";
        for (var i = 0; i < Math.Min(MaxArguments, arguments.Length); i++)
        {
            all = $"[[and] {any} {all}]".Replace(" ]", "]", StringComparison.Ordinal);
        }

        return all;
    }

    private static string? Argument(ParameterShape parameter)
    {
        const string Link = "[in | to | for | at | of | on | with | as]";
        var name = SpokenWords.Of(parameter.Name);
        return SpokenValues.Of(parameter) is { } value
            ? name.Length > 0 ? $"({Link} [[the] {name} [is | to | of]] {value})" : $"({Link} {value})"
            : null;
    }
}

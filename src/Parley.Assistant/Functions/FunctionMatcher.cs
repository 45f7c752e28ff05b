using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>A function that a request names, and the indexes of the words that name it.</summary>
internal sealed record FunctionMatch(FunctionShape Function, IReadOnlySet<int> NameWords);

/// <summary>
/// Finds the declared function that a request names: every significant word of the function's name must be said. Verbs such as "get" and
/// "show" may be missing, because people ask "what is the weather" and not "get weather".
/// </summary>
internal static class FunctionMatcher
{
    private static readonly HashSet<string> Optional =
    [
        "get", "fetch", "find", "lookup", "look", "up", "query", "check", "show", "tell", "read", "retrieve", "give", "list",
        "current", "the", "a", "an", "of", "for", "by", "to", "and", "my", "api", "function", "tool",
    ];

    // Words before a request that are not part of it.
    private static readonly HashSet<string> Fillers =
    [
        "um", "uh", "er", "well", "so", "and", "then", "now", "okay", "ok", "hey", "hi", "hello", "parley", "yes",
    ];

    private static readonly HashSet<string> RequestOpeners =
    [
        "please", "what", "what's", "how", "when", "where", "which", "who", "can", "could", "would", "will", "is", "are", "do", "does",
        "get", "fetch", "find", "look", "query", "check", "show", "tell", "read", "retrieve", "give", "list", "call", "run", "use", "i",
    ];

    public static FunctionMatch? Find(Utterance request, IReadOnlyList<FunctionShape> functions)
    {
        FunctionMatch? best = null;
        foreach (var function in functions)
        {
            var match = Match(request, function);
            if (match is not null && match.NameWords.Count > (best?.NameWords.Count ?? 0))
                best = match;
        }
        return best;
    }

    private static FunctionMatch? Match(Utterance request, FunctionShape function)
    {
        var named = new HashSet<int>();
        var whole = string.Concat(function.NameWords);
        var core = function.NameWords.Where(word => !Optional.Contains(word)).ToArray();
        core = core.Length > 0 ? core : function.NameWords;
        if (core is ["turn" or "switch" or "set", .., _] && core.Any(word => word is "on" or "off"))
        {
            // "Lights on" is how people say it.
            AddFirst(request, core[0], named);
            core = core[1..];
        }
        foreach (var word in core)
        {
            if (!AddFirst(request, word, named) && !AddFirst(request, whole, named))
                return null;
        }
        if (named.Count == 0 || !IsRequest(request, named))
            return null;
        foreach (var word in function.NameWords.Except(core))
            AddFirst(request, word, named);
        return new FunctionMatch(function, named);
    }

    private static bool AddFirst(Utterance request, string word, HashSet<int> named)
    {
        for (var i = 0; i < request.Words.Count; i++)
        {
            // "Seven times six" is a product and not a request for the time.
            if (SpokenNames.Same(request.Words[i].Lower, word) && (request.Words[i].Lower is not "times" || word is "times"))
            {
                named.Add(i);
                return true;
            }
        }
        return false;
    }

    // "I love this weather" names the weather but asks for nothing.
    private static bool IsRequest(Utterance request, HashSet<int> named)
    {
        var first = 0;
        while (first < request.Words.Count - 1 && Fillers.Contains(request.Words[first].Lower) && !named.Contains(first))
            first++;
        return request.Text.Contains('?', StringComparison.Ordinal)
            || named.Contains(first)
            || (RequestOpeners.Contains(request.Words[first].Lower) && request.Words[first].Lower != "i")
            || request.Words.Any(word => word.Lower is "please")
            || request.HasAny(["i want", "i need", "i would like", "i'd like"]);
    }
}

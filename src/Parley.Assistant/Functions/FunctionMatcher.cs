using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>A function that a request names, and the indexes of the words that name it.</summary>
internal sealed record FunctionMatch(FunctionShape Function, IReadOnlySet<int> NameWords);

/// <summary>
/// Finds the declared function that a request names. Best is a request with every significant word of the function's name; verbs such as
/// "get" and "show" may be missing, because people ask "what is the weather" and not "get weather". Otherwise a request counts that begins
/// with a verb of the same meaning, if each noun of the name is said, has a synonym that is said, or is the name of a parameter whose value
/// is said: "make the page green" means <c>set_page_colour</c>.
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
        "um", "uh", "er", "well", "so", "and", "then", "now", "okay", "ok", "hey", "hi", "hello", "parley", "yes", "just",
    ];

    private static readonly HashSet<string> RequestOpeners =
    [
        "please", "what", "what's", "how", "when", "where", "which", "who", "can", "could", "would", "will", "is", "are", "do", "does",
        "get", "fetch", "find", "look", "query", "check", "show", "tell", "read", "retrieve", "give", "list", "call", "run", "use", "i",
    ];

    private static readonly HashSet<string> Questions =
        ["what", "what's", "how", "how's", "when", "where", "where's", "which", "who", "is", "are", "do", "does", "will", "tell", "show", "give"];

    private static readonly HashSet<string> AfterObject =
        ["in", "for", "at", "of", "to", "on", "off", "with", "from", "by", "about", "please", "now", "today", "tomorrow", "tonight", "up", "down", "like", "me", "parley"];

    // Words between the opening of a request and its verb.
    private static readonly HashSet<string> Polite =
        ["please", "can", "could", "would", "will", "you", "i", "want", "need", "to", "like", "i'd", "let's", "let", "us", "me", "my", "the", "a", "an", "i'll", "we", "go", "ahead"];

    public static FunctionMatch? Find(Utterance request, IReadOnlyList<FunctionShape> functions) =>
        Best(request, functions, Match) ?? Best(request, functions, Resembles);

    private static FunctionMatch? Best(
        Utterance request, IReadOnlyList<FunctionShape> functions, Func<Utterance, FunctionShape, FunctionMatch?> matches)
    {
        FunctionMatch? best = null;
        foreach (var function in functions)
        {
            var match = matches(request, function);
            if (match is not null && match.NameWords.Count > (best?.NameWords.Count ?? 0))
                best = match;
        }
        return best;
    }

    private static FunctionMatch? Match(Utterance request, FunctionShape function)
    {
        var named = new HashSet<int>();
        var whole = string.Concat(function.NameWords);
        var core = Core(function);
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

    private static FunctionMatch? Resembles(Utterance request, FunctionShape function)
    {
        var words = request.Words;
        var start = Skip(request, Fillers, 0);
        var verb = Skip(request, Polite, start);
        if (verb >= words.Count || function.NameWords.Length == 0)
            return null;
        var declared = RequestWords.IsVerb(function.NameWords[0]) ? function.NameWords[0] : null;
        var isFetch = declared is not null && Optional.Contains(declared);
        var nouns = Core(function).Where((word, i) => i > 0 || word != declared).ToArray();
        var said = words[verb].Lower;
        var named = new HashSet<int>();
        var isQuestion = Questions.Contains(words[Math.Min(start, words.Count - 1)].Lower) || request.Text.Contains('?', StringComparison.Ordinal);
        if (declared is not null && RequestWords.SameVerb(said, declared))
            named.Add(verb);
        else if (nouns.Any(noun => RequestWords.IsWhole(said, noun)) || (isFetch && isQuestion))
            verb = -1;
        else if (declared is null || isFetch || !StartsWithObject(request, verb, nouns) || !HasValue(request, function))
            return null;

        // "Look up".
        if (verb >= 0 && verb + 1 < words.Count && words[verb + 1].Lower is "up" or "down")
            named.Add(verb + 1);
        var spoken = 0;
        foreach (var noun in nouns)
        {
            var before = named.Count;
            if (AddNoun(request, noun, named))
                spoken += named.Count > before ? 1 : 0;
            else if (!IsImplied(request, function, noun))
                return IsPlainOrder(function, declared, said) ? new FunctionMatch(function, named) : null;
        }
        foreach (var word in function.NameWords.Where(word => word.Length > 3))
            AddFirst(request, word, named);
        return spoken > 0 || (verb >= 0 && nouns.Length == 0) || (verb >= 0 && !RequestWords.IsWeak(said)) ? new FunctionMatch(function, named) : null;
    }

    // "Play some jazz" for play_music: the verb says enough, and what it is about fills a parameter.
    private static bool IsPlainOrder(FunctionShape function, string? declared, string said) =>
        said == declared && !RequestWords.IsWeak(said) && function.Parameters.Any(parameter => parameter.IsFreeText);

    private static bool IsImplied(Utterance request, FunctionShape function, string noun) =>
        function.Parameters.Any(parameter => parameter.NameWords.Any(word => SpokenNames.Same(word, noun)) && parameter switch
        {
            { IsColour: true } => IndexesOf(request).Any(i => SpokenColours.Read(Lower(request, i)).Length > 0),
            { EnumValues.Count: > 0 } => parameter.EnumValues.Any(value => request.HasAny([value.Replace('_', ' ').ToLowerInvariant()])),
            { IsNumber: true } => IndexesOf(request).Any(i => SpokenQuantities.ReadNumber(Lower(request, i), out _) > 0),
            _ => false,
        });

    private static bool HasValue(Utterance request, FunctionShape function) => function.Parameters.Any(parameter => parameter switch
    {
        { IsColour: true } => IndexesOf(request).Any(i => SpokenColours.Read(Lower(request, i)).Length > 0),
        { EnumValues.Count: > 0 } => parameter.EnumValues.Any(value => request.HasAny([value.Replace('_', ' ').ToLowerInvariant()])),
        { IsNumber: true } => IndexesOf(request).Any(i => SpokenQuantities.ReadNumber(Lower(request, i), out _) > 0),
        { IsSwitch: true } => request.HasAny(["on", "off"]),
        { IsTime: true } or { IsDateTime: true } => request.HasAny(["at", "for"]),
        _ => false,
    });

    // "Timer ten minutes", "volume to thirty": no verb, but the object comes first and a value follows.
    private static bool StartsWithObject(Utterance request, int index, string[] nouns) =>
        nouns.Length > 0 && request.Words.Count <= 8 && nouns.Any(noun => SpokenNames.Same(request.Words[index].Lower, noun));

    private static string[] Core(FunctionShape function)
    {
        var core = function.NameWords.Where(word => !Optional.Contains(word)).ToArray();
        return core.Length > 0 ? core : function.NameWords;
    }

    private static bool AddNoun(Utterance request, string noun, HashSet<int> named)
    {
        if (AddFirst(request, noun, named))
            return true;
        for (var i = 0; i < request.Words.Count; i++)
        {
            if (request.Words[i].Lower is not "times" && RequestWords.SameNoun(request.Words[i].Lower, noun))
            {
                named.Add(i);
                return true;
            }
        }
        return false;
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

    private static int Skip(Utterance request, HashSet<string> words, int from)
    {
        while (from < request.Words.Count - 1 && words.Contains(request.Words[from].Lower))
            from++;
        return from;
    }

    private static IEnumerable<int> IndexesOf(Utterance request) => Enumerable.Range(0, Math.Min(request.Words.Count, 60));

    private static string[] Lower(Utterance request, int from) => [.. request.Words.Skip(from).Take(6).Select(word => word.Lower)];

    // "Weather in Berlin" is a request, and "time flies" is not.
    private static bool GoesOnAsRequest(Utterance request, HashSet<int> named, int first)
    {
        var next = first;
        while (next < request.Words.Count && named.Contains(next))
            next++;
        return next == request.Words.Count || AfterObject.Contains(request.Words[next].Lower)
            || SpokenQuantities.ReadNumber(Lower(request, next), out _) > 0;
    }

    // "I love this weather" names the weather but asks for nothing.
    private static bool IsRequest(Utterance request, HashSet<int> named)
    {
        var first = 0;
        while (first < request.Words.Count - 1 && Fillers.Contains(request.Words[first].Lower) && !named.Contains(first))
            first++;
        return request.Text.Contains('?', StringComparison.Ordinal)
            || (named.Contains(first) && (RequestWords.IsVerb(request.Words[first].Lower) || GoesOnAsRequest(request, named, first)))
            || (RequestOpeners.Contains(request.Words[first].Lower) && request.Words[first].Lower != "i")
            || request.Words.Any(word => word.Lower is "please")
            || request.HasAny(["i want", "i need", "i would like", "i'd like", "let's"]);
    }
}

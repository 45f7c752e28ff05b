namespace Parley.Speech.TurnTaking.Prosody;

/// <summary>
/// What the words of the transcript say about the end of the turn, as numbers: the rating of the rule, whether a request or a question
/// has an
/// object, what kind of word comes last, how often sentences end there. The kinds of words are English.
/// </summary>
internal static class WordFeatures
{
    /// <summary>The feature that is one if the rules call the words complete.</summary>
    public const int IsComplete = 1;

    /// <summary>The feature that is one if the rules call the words incomplete.</summary>
    public const int IsIncomplete = 2;

    /// <summary>Number of features.</summary>
    public const int Count = 13;

    // The score of most nouns.
    private const float TypicalEnd = -1.5f;

    private static readonly HashSet<string> Questions = new(StringComparer.OrdinalIgnoreCase)
    {
        "what", "what's", "who", "who's", "where", "where's", "when", "why", "how", "how's", "which", "whose",
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "may", "have", "has",
    };

    private static readonly HashSet<string> Commands = new(StringComparer.OrdinalIgnoreCase)
    {
        "tell", "give", "show", "say", "play", "stop", "start", "turn", "switch", "set", "open", "close", "call", "find", "search", "read",
        "repeat", "count", "spell", "explain", "help", "remind", "add", "make", "send", "look", "describe", "translate", "calculate", "list",
        "cancel", "continue", "please", "let's", "put", "take", "bring", "move", "go", "write", "check", "wake", "book", "order", "increase",
        "lower", "raise", "reduce", "pause", "skip", "save", "delete", "change", "roll", "flip", "pick", "choose", "try", "get", "keep", "leave",
    };

    // Words that seldom end a sentence.
    private static readonly HashSet<string> Weak = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "an", "the", "my", "your", "our", "their", "its", "his", "this", "these", "and", "or", "but", "because", "if", "when", "while",
        "although", "unless", "of", "from", "into", "onto", "than", "per", "until", "between", "during", "via", "at", "as", "to", "for", "with",
        "about", "in", "on", "by", "under", "over", "after", "before", "near", "through", "without", "i", "we", "he", "she", "they", "you",
        "is", "are", "was", "were", "be", "am", "will", "would", "can", "could", "should", "must", "do", "does", "did", "have", "has", "had",
        "very", "every", "some", "any", "no", "not", "which", "who", "whose", "that", "what", "how", "where", "why", "let's", "i'm", "i'd",
        "i'll", "we're", "it's", "there's", "like", "want", "need", "please", "said", "says", "called", "named", "number", "um", "uh",
    };

    private static readonly HashSet<string> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
        "ninety", "hundred", "thousand", "million", "point",
    };

    /// <summary>Writes the features of a transcript; all are zero for an empty one.</summary>
    /// <param name="partial">The transcript so far.</param>
    /// <param name="answersQuestion">Whether the assistant has asked a question before.</param>
    /// <param name="features">Receives <see cref="Count"/> values.</param>
    public static void Write(string partial, bool answersQuestion, Span<float> features)
    {
        features[..Count].Clear();
        features[11] = answersQuestion ? 1 : 0;
        var words = partial.Split([' ', ',', '.', '!', '?', ';', ':', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return;
        var (last, previous) = (words[^1], words.Length > 1 ? words[^2] : "");
        var rating = TranscriptTurnDetector.Rate(partial);
        features[0] = 1;
        features[IsComplete] = rating > TranscriptTurnDetector.Open ? 1 : 0;
        features[IsIncomplete] = rating < TranscriptTurnDetector.Open ? 1 : 0;
        var isWeak = Weak.Contains(last);
        features[3] = !isWeak && words.Length >= 3 && (Commands.Contains(words[0]) || Questions.Contains(words[0])) ? 1 : 0;
        features[4] = isWeak && Weak.Contains(previous) ? 1 : 0;
        features[5] = isWeak ? 1 : 0;
        features[6] = Numbers.Contains(last) ? 1 : 0;
        features[7] = Numbers.Contains(previous) ? 1 : 0;
        features[8] = !isWeak && Weak.Contains(previous) ? 1 : 0;
        features[9] = words.Length == 1 ? 1 : 0;
        features[10] = words.Length <= 3 && answersQuestion ? 1 : 0;
        features[12] = SentenceEnds.After(previous, last) is var end && float.IsNaN(end) ? 0 : (end - TypicalEnd) / 2;
    }
}

namespace Parley.Speech.TurnTaking;

/// <summary>
/// Detects the end of a turn by the last words of the transcript. Complete: punctuation that ends a sentence; a question of at least four
/// words; a short answer or a courtesy alone or at the end ("yes", "stop", "thank you", "please"). Incomplete: the last word needs another
/// (an article, a conjunction, a possessive, most prepositions), is a filler ("um"), or is in the middle of a number, or English sentences
/// hardly ever end after the last two words. In all other cases,
/// and in languages other than English (and function words of German, French and Spanish), the probability is one half.
/// </summary>
/// <remarks>Looks at the last few words only, and only when they have changed.</remarks>
internal sealed class TranscriptTurnDetector : ITurnDetector
{
    /// <summary>The probability for complete words: with it the silence is 55 % of the configured one.</summary>
    public const float Complete = 0.6554f;

    /// <summary>The probability for incomplete words: with it the silence is twice the configured one.</summary>
    public const float Incomplete = 0.19f;

    /// <summary>The probability for all other words.</summary>
    public const float Open = 0.5f;

    private const int MinQuestionWords = 4;

    // A number of five digits or more is read out in groups with pauses between them; four digits may be a complete year or PIN.
    private const int MinDigitsReadOut = 5;

    private static readonly HashSet<string> NeedsAnother = new(StringComparer.OrdinalIgnoreCase)
    {
        // Words that can end a sentence ("on", "in", "her", "that", "so") are not among them.
        "a", "an", "the", "my", "your", "our", "their", "its", "and", "or", "but", "because", "if", "when", "while", "although", "unless",
        "of", "from", "into", "onto", "than", "per", "until", "between", "during", "via", "at", "as", "to", "for", "with", "about",
        "i", "we", "very", "every", "some", "any", "which", "who", "whose", "let's", "i'm", "i'd", "i'll", "we're", "it's", "there's",
        "und", "oder", "aber", "weil", "wenn", "dass", "der", "das", "den", "dem", "des", "ein", "eine", "einen", "mein", "dein", "mit", "von", "für", "zum", "zur",
        "et", "ou", "mais", "parce", "que", "le", "la", "les", "un", "une", "des", "du", "de", "mon", "ton", "avec", "pour", "dans",
        "y", "o", "pero", "porque", "el", "los", "las", "una", "mi", "tu", "con", "para", "por",
    };

    // Words that may end a question although another word often follows: "who are you waiting for".
    private static readonly HashSet<string> Stranded = new(StringComparer.OrdinalIgnoreCase) { "of", "from", "to", "for", "with", "about", "at" };

    private static readonly HashSet<string> Fillers = new(StringComparer.OrdinalIgnoreCase)
    {
        "um", "uh", "uhm", "erm", "er", "hm", "hmm", "äh", "ähm", "euh", "eh", "este",
    };

    private static readonly HashSet<string> MidNumber = new(StringComparer.OrdinalIgnoreCase) { "point", "plus", "minus", "times", "over", "divided" };

    private static readonly HashSet<string> Digits = new(StringComparer.OrdinalIgnoreCase)
    {
        "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    };

    private static readonly HashSet<string> Openers = new(StringComparer.OrdinalIgnoreCase)
    {
        "what", "what's", "who", "who's", "where", "where's", "when", "why", "how", "how's", "which", "whose",
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "may", "have", "has",
    };

    private static readonly HashSet<string> QuestionWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "what", "what's", "who", "who's", "where", "where's", "when", "why", "how", "which", "whose",
    };

    private static readonly HashSet<string> ShortAnswers = new(StringComparer.OrdinalIgnoreCase)
    {
        "yes", "no", "yeah", "yep", "nope", "okay", "ok", "sure", "right", "correct", "exactly", "stop", "never mind", "thank you", "hello", "hi", "goodbye", "bye", "thanks",
        "ja", "nein", "danke", "oui", "non", "merci", "sí", "gracias",
    };

    private static readonly string[] Courtesies = ["please", "thank you", "thanks", "bitte", "danke", "merci", "gracias", "por favor"];

    private string _partial = "";
    private float _probability = Open;

    /// <inheritdoc/>
    public void BeginTurn()
    {
    }

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<short> samples, float speech)
    {
    }

    /// <inheritdoc/>
    public float GetEndProbability(in TurnState state)
    {
        if (!ReferenceEquals(state.Partial, _partial))
            (_partial, _probability) = (state.Partial, Rate(state.Partial));
        return _probability;
    }

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }

    /// <summary>The probability that a turn with these words is over.</summary>
    internal static float Rate(string partial)
    {
        var text = partial.AsSpan().Trim();
        if (text.IsEmpty)
            return Open;
        if (text.EndsWith("...") || text[^1] is '…' or ',' or ':' or ';' or '-' or '–' or '—')
            return Incomplete;
        if (text[^1] is '.' or '!' or '?' or '。' or '！' or '？')
            return Complete;
        var words = text.ToString().Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return Rate(words);
    }

    private static float Rate(string[] words)
    {
        var last = words[^1].Trim('"', '\'', '(', ')', '¿', '¡');
        if (words.Length <= 2 && ShortAnswers.Contains(string.Join(' ', words)))
            return Complete;
        if (Fillers.Contains(last) || MidNumber.Contains(last) || IsReadingOut(words))
            return Incomplete;
        if (NeedsAnother.Contains(last))
            return Stranded.Contains(last) && words.Length >= MinQuestionWords && QuestionWords.Contains(words[0]) ? Open : Incomplete;
        if (words.Length > 1 && EndsWithCourtesy(words))
            return Complete;
        if (SentenceEnds.After(words.Length > 1 ? words[^2] : "", last) < SentenceEnds.Unlikely)
            return Incomplete;
        return words.Length >= MinQuestionWords && Openers.Contains(words[0]) ? Complete : Open;
    }

    // "four nine one" is likely to continue, and five digits may be half a telephone number.
    private static bool IsReadingOut(string[] words)
    {
        var digits = 0;
        for (var i = words.Length - 1; i >= 0 && (Digits.Contains(words[i]) || (words[i].Length == 1 && char.IsAsciiDigit(words[i][0]))); i--)
            digits++;
        return digits is 2 or 3 or >= MinDigitsReadOut;
    }

    private static bool EndsWithCourtesy(string[] words)
    {
        var end = words[^1];
        var lastTwo = $"{words[^2]} {end}";
        foreach (var courtesy in Courtesies)
        {
            if (courtesy.Equals(end, StringComparison.OrdinalIgnoreCase) || courtesy.Equals(lastTwo, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}

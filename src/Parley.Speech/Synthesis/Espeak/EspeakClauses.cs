using System.Text;

namespace Parley.Speech.Synthesis.Espeak;

/// <summary>What ends a clause of espeak-ng.</summary>
internal enum ClauseEnd
{
    /// <summary>The end of the text, without punctuation.</summary>
    Text,

    /// <summary>A full stop; ends a sentence.</summary>
    Period,

    /// <summary>A question mark; ends a sentence.</summary>
    Question,

    /// <summary>An exclamation mark; ends a sentence.</summary>
    Exclamation,

    /// <summary>A comma.</summary>
    Comma,

    /// <summary>A colon.</summary>
    Colon,

    /// <summary>A semicolon, or a dash between spaces.</summary>
    Semicolon,

    /// <summary>An end of a sentence that callers of the library do not see as punctuation, such as an ideographic full stop.</summary>
    UnmarkedSentence,

    /// <summary>An end of a clause that callers of the library do not see as punctuation, such as an ellipsis.</summary>
    UnmarkedClause,
}

/// <summary>A clause: its text with the mark that ends it, and what that mark is.</summary>
internal readonly record struct EspeakClause(string Text, ClauseEnd End)
{
    /// <summary>Whether a sentence ends here.</summary>
    public bool EndsSentence => End is ClauseEnd.Text or ClauseEnd.Period or ClauseEnd.Question or ClauseEnd.Exclamation or ClauseEnd.UnmarkedSentence;
}

/// <summary>
/// Divides a text where espeak-ng does. Its library reports the mark that ends each clause, its program does not, so the rules are applied
/// here once more: a mark ends a clause before white space, a bracket or the end; not before lower case after a full stop, not without a
/// letter or digit, not after an ordinal number of a language that writes them with a full stop.
/// </summary>
internal static class EspeakClauses
{
    private const string Brackets = "()[]{}<>\"'`\u00AB\u00BB";
    private const char Ellipsis = '…';

    // Languages in which "1." is an ordinal number.
    private static readonly string[] OrdinalDots = ["da", "de", "fi", "hu", "kl", "lt", "ltg", "nl", "nb", "sl", "smj"];

    /// <summary>Splits a text of one line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="voice">The name of the voice, such as "en-us".</param>
    public static List<EspeakClause> Split(string text, string voice)
    {
        var language = voice.Split('-', '+')[0];
        var clauses = new List<EspeakClause>();
        var clause = new StringBuilder();
        var hasWord = false;
        for (var at = 0; at < text.Length;)
        {
            var (mark, next) = Take(text, at);
            var end = TypeOf(mark);
            clause.Append(mark);
            hasWord |= char.IsLetterOrDigit(mark) || char.IsSurrogate(mark);
            if (end is { } type && IsEnd(text, at, mark, ref next, hasWord, language))
            {
                Add(clauses, clause, type.End);
                hasWord = false;
            }
            at = next;
        }
        Add(clauses, clause, ClauseEnd.Text);
        return clauses;
    }

    // What has no letter or digit is not spoken.
    private static void Add(List<EspeakClause> clauses, StringBuilder clause, ClauseEnd end)
    {
        var text = clause.ToString().Trim();
        clause.Clear();
        if (text.Any(static c => char.IsLetterOrDigit(c) || char.IsSurrogate(c)))
            clauses.Add(new(text, end));
    }

    /// <summary>Takes a character; three or more dots are an ellipsis, of several marks the first counts.</summary>
    private static (char Mark, int Next) Take(string text, int at)
    {
        var (mark, next) = (text[at], at + 1);
        if (mark == '.')
        {
            var dots = next;
            while (dots < text.Length && text[dots] == '.')
                dots++;
            if (dots - at >= 3)
                (mark, next) = (Ellipsis, dots);
        }
        if (TypeOf(mark) is not null)
        {
            while (next < text.Length && TypeOf(text[next]) is not null)
                next++;
        }
        return (mark, next);
    }

    private static bool IsEnd(string text, int at, char mark, ref int next, bool hasWord, string language)
    {
        var after = next < text.Length ? text[next] : ' ';
        if (!char.IsWhiteSpace(after) && !TypeOf(mark)!.Value.NeedsNoSpace && !IsBracket(after))
            return false;
        var first = next;
        while (first < text.Length && char.IsWhiteSpace(text[first]))
            first++;
        var following = first < text.Length ? text[first] : '\0';
        if (!hasWord)
            return false;
        if (mark == '.' && !IsFullStop(text, at, first, following, language))
            return false;
        if (mark == ',' && language == "hu" && at > 1 && text[at - 1] == '.' && char.IsDigit(text[at - 2]) && (char.IsDigit(following) || char.IsLower(following)))
            return false;
        next = first;
        return true;
    }

    private static bool IsFullStop(string text, int dot, int first, char following, string language)
    {
        if (following == '\'' && first + 1 < text.Length && text[first + 1] == 's')
            return false;
        if (OrdinalDots.Contains(language) && dot > 0)
        {
            var before = text[dot - 1];
            if (IsRoman(before) && (dot < 2 || IsRoman(text[dot - 2]) || char.IsWhiteSpace(text[dot - 2])))
                return false;
            if (char.IsDigit(before) && following == '-')
                return false;
        }
        return !char.IsLower(following) || language == "ka";
    }

    private static bool IsRoman(char c) => c is 'I' or 'V' or 'X' or 'L';

    private static bool IsBracket(char c) => c is (>= '\u2014' and <= '\u201F') or '?' || Brackets.Contains(c, StringComparison.Ordinal);

    private static (ClauseEnd End, bool NeedsNoSpace)? TypeOf(char c) => c switch
    {
        '.' => (ClauseEnd.Period, false),
        '?' or '؟' => (ClauseEnd.Question, false),
        '!' => (ClauseEnd.Exclamation, false),
        ',' or '،' => (ClauseEnd.Comma, false),
        ':' => (ClauseEnd.Colon, false),
        ';' or '؛' or '–' or '—' => (ClauseEnd.Semicolon, false),
        '。' or '？' or '！' or '।' => (ClauseEnd.UnmarkedSentence, true),
        '、' or '，' or '：' or '；' or '¿' or '¡' or Ellipsis => (ClauseEnd.UnmarkedClause, true),
        _ => null,
    };
}

namespace Parley.Speech.Synthesis;

/// <summary>
/// Splits text into pieces for synthesis while the text is still being generated. A piece ends at the end of a
/// sentence or a line; at the end of a clause once it has 60 characters; before 200 characters in any case. Decimals,
/// web addresses, initials and common abbreviations are not split. The pieces together are exactly the text, and
/// do not depend on how the text was divided into deltas. Not thread-safe.
/// </summary>
internal sealed class TextSegmenter
{
    /// <summary>The default maximum length of a piece: 200 characters, about 12 seconds of speech.</summary>
    public const int DefaultMaxCharacters = 200;

    private const int MinMaxCharacters = 20;

    // Shorter clauses sound better together with the next: each piece gets its own intonation.
    private const int MinClauseCharacters = 60;

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "rev", "gen", "sen", "rep", "gov", "capt", "col", "lt", "sgt", "messrs",
        "vs", "etc", "approx", "dept", "est", "inc", "ltd", "co", "corp", "ave", "blvd", "rd", "fig", "vol", "pp", "ca", "cf", "al",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    };

    private readonly int _maxCharacters;
    private char[] _buffer = new char[512];
    private int _start;
    private int _end;

    /// <summary>Starts a text.</summary>
    /// <param name="maxCharacters">The longest piece, at least 20.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCharacters"/> is below 20.</exception>
    public TextSegmenter(int maxCharacters = DefaultMaxCharacters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCharacters, MinMaxCharacters);
        _maxCharacters = maxCharacters;
    }

    private ReadOnlySpan<char> Pending => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Splits a complete text.</summary>
    public static IEnumerable<string> Split(string text, int maxCharacters = DefaultMaxCharacters)
    {
        var segmenter = new TextSegmenter(maxCharacters);
        segmenter.Append(text);
        while (segmenter.TryTake(out var segment))
            yield return segment;
        while (segmenter.TryFlush(out var segment))
            yield return segment;
    }

    /// <summary>Adds the next delta, of any length.</summary>
    public void Append(ReadOnlySpan<char> delta)
    {
        if (_buffer.Length - _end < delta.Length)
        {
            var pending = Pending.Length;
            var buffer = pending + delta.Length > _buffer.Length ? new char[Math.Max(2 * _buffer.Length, pending + delta.Length)] : _buffer;
            Pending.CopyTo(buffer);
            (_buffer, _start, _end) = (buffer, 0, pending);
        }
        delta.CopyTo(_buffer.AsSpan(_end));
        _end += delta.Length;
    }

    /// <summary>Takes the next piece that is certain to be complete, white space included.</summary>
    /// <returns>Whether there was one; if not, append more, or <see cref="TryFlush"/>.</returns>
    public bool TryTake(out string segment) => TryTake(isLast: false, out segment);

    /// <summary>Takes the next piece of a text that is at its end; call until it returns false.</summary>
    public bool TryFlush(out string segment) => TryTake(isLast: true, out segment);

    private bool TryTake(bool isLast, out string segment)
    {
        var length = FindEnd(Pending, isLast);
        segment = length == 0 ? "" : Pending[..length].ToString();
        _start += length;
        return length > 0;
    }

    /// <summary>Gives the length of the first piece, or 0 if it depends on what comes.</summary>
    private int FindEnd(ReadOnlySpan<char> text, bool isLast)
    {
        var hasWords = false;
        var isTooLong = text.Length > _maxCharacters;
        // One character beyond the longest piece shows whether white space follows it; no more is looked at.
        text = text[..Math.Min(text.Length, _maxCharacters + 1)];
        for (var i = 0; i < text.Length && i < _maxCharacters; i++)
        {
            var c = text[i];
            if (c == '\n' && hasWords)
                return i + 1;
            hasWords |= !char.IsWhiteSpace(c);

            // Ends of sentences in scripts that put no space after them.
            if (c is '。' or '！' or '？')
                return i + 1;

            var isClause = c is ',' or ';' or ':' or '—';
            if (!isClause && c is not ('.' or '!' or '?' or '…'))
                continue;

            // More marks, then closing quotes and brackets, then white space; otherwise it is not an end.
            var after = i + 1;
            while (after < text.Length && text[after] is '.' or '!' or '?' or '…')
                after++;
            while (after < text.Length && text[after] is '"' or '\'' or ')' or ']' or '”' or '’' or '»' or '*')
                after++;
            if (after >= text.Length || after >= _maxCharacters || !char.IsWhiteSpace(text[after]))
                continue;
            if (isClause ? i + 1 >= MinClauseCharacters : c != '.' || after > i + 1 || !IsAbbreviation(text[..i]))
                return after + 1;
        }

        if (isTooLong)
            return FindForcedEnd(text[.._maxCharacters], text[_maxCharacters]);
        return isLast ? text.Length : 0;
    }

    private static int FindForcedEnd(ReadOnlySpan<char> text, char next)
    {
        for (var i = text.Length - 1; i > text.Length / 4; i--)
        {
            if (char.IsWhiteSpace(text[i]))
                return i + 1;
        }

        return char.IsHighSurrogate(text[^1]) && char.IsLowSurrogate(next) ? text.Length - 1 : text.Length;
    }

    /// <summary>Whether the full stop after <paramref name="text"/> belongs to its last word.</summary>
    private static bool IsAbbreviation(ReadOnlySpan<char> text)
    {
        var start = text.Length;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
            start--;
        var word = text[start..].TrimStart("\"'([“‘*");

        // "3." at the start of a piece numbers a list.
        if (text[..start].IsWhiteSpace() && word.Length > 0 && !word.ContainsAnyExceptInRange('0', '9'))
            return true;
        // "J." and "U.S.A", "e.g": letters, one at a time. "I." is a sentence far more often than an initial.
        if (word is not "I" && IsInitials(word))
            return true;
        return word.Length <= 6 && Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
    }

    private static bool IsInitials(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty || word.Length % 2 == 0 || (word.Length == 1 && !char.IsUpper(word[0])))
            return false;
        for (var i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsLetter(word[i]) : word[i] != '.')
                return false;
        }

        return true;
    }
}

namespace Parley.Assistant.Rules;

/// <summary>Splits an answer into small pieces, as a streaming model sends them. Joined, they are the answer.</summary>
internal static class TextDeltas
{
    /// <summary>Enough words to start speaking early, and few enough that an interruption cuts close to what was heard.</summary>
    private const int WordsPerDelta = 3;

    public static IEnumerable<string> Split(string text)
    {
        var start = 0;
        var words = 0;
        for (var i = 1; i < text.Length; i++)
        {
            var wordStarts = char.IsWhiteSpace(text[i - 1]) && !char.IsWhiteSpace(text[i]);
            if (wordStarts && ++words == WordsPerDelta)
            {
                yield return text[start..i];
                (start, words) = (i, 0);
            }
        }
        if (start < text.Length)
            yield return text[start..];
    }
}

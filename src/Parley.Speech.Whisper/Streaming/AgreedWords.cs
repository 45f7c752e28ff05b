namespace Parley.Speech.Whisper.Streaming;

/// <summary>
/// Stable partial results from repeated decoding of a growing utterance: words count once two passes in a row agree on them from the start.
/// Words that are stable are replaced only if two later passes agree on others.
/// </summary>
internal sealed class AgreedWords
{
    private string[] _last = [];
    private string[] _stable = [];

    /// <summary>The stable words.</summary>
    public string Stable => string.Join(' ', _stable);

    /// <summary>Adds the text of a pass.</summary>
    /// <param name="text">What was heard.</param>
    /// <param name="isComplete">Whether the pass heard everything that was said, so that no other pass is needed to confirm it.</param>
    /// <returns>The stable words.</returns>
    public string Add(string text, bool isComplete)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var agreed = isComplete ? words.Length : Common(_last, words);
        // A shorter agreement takes nothing back; another one does.
        if (agreed > _stable.Length || isComplete || Common(_stable, words) < Math.Min(agreed, _stable.Length))
            _stable = words[..agreed];
        _last = words;
        return Stable;
    }

    /// <summary>Begins again: what was heard so far is settled.</summary>
    public void Restart() => (_last, _stable) = ([], []);

    private static int Common(string[] a, string[] b)
    {
        var count = 0;
        while (count < a.Length && count < b.Length && Bare(a[count]).Equals(Bare(b[count]), StringComparison.OrdinalIgnoreCase))
            count++;
        return count;
    }

    // Punctuation and case of the last word change with what follows.
    private static ReadOnlySpan<char> Bare(string word) => word.AsSpan().Trim(".,;:!?…\"'“”«»()-–—¿¡。、，！？");
}

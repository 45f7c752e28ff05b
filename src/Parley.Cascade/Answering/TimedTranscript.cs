namespace Parley.Cascade.Answering;

/// <summary>Spreads the words of a sentence evenly over its audio, so that the transcription keeps up with the audio.</summary>
internal struct TimedTranscript(string text, double charactersPerSecond)
{
    private int _taken;

    /// <summary>The next words that begin before this position in the audio; null if there are none.</summary>
    internal string? Take(TimeSpan spoken)
    {
        var reached = Math.Min(text.Length, (int)(spoken.TotalSeconds * charactersPerSecond));
        var end = reached;
        // A word that has begun is returned whole, without the white space after it, which belongs to the next word.
        while (end < text.Length && !(char.IsWhiteSpace(text[end]) && end > _taken && !char.IsWhiteSpace(text[end - 1])))
            end++;
        return TakeTo(reached < _taken ? _taken : end);
    }

    internal string? TakeRest() => TakeTo(text.Length);

    private string? TakeTo(int end)
    {
        if (end <= _taken)
            return null;
        var words = text[_taken..end];
        _taken = end;
        return words;
    }
}

namespace Parley.Cascade.Answering;

/// <summary>Hands out the words of a sentence as its sound goes by, spread evenly, so that the transcription runs with the audio.</summary>
internal struct SpokenWords(string text, double charactersPerSecond)
{
    private int _given;

    /// <summary>The words that begin in sound up to here; null where none do.</summary>
    internal string? Take(TimeSpan spoken)
    {
        var reached = Math.Min(text.Length, (int)(spoken.TotalSeconds * charactersPerSecond));
        var end = reached;
        // A word that has begun is given whole, without the white space behind it: that leads the next one.
        while (end < text.Length && !(char.IsWhiteSpace(text[end]) && end > _given && !char.IsWhiteSpace(text[end - 1])))
            end++;
        return TakeTo(reached < _given ? _given : end);
    }

    internal string? TakeRest() => TakeTo(text.Length);

    private string? TakeTo(int end)
    {
        if (end <= _given)
            return null;
        var words = text[_given..end];
        _given = end;
        return words;
    }
}

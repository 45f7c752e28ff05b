namespace Parley.Cascade.Input;

/// <summary>
/// The part of a growing transcript that is shown: the words on which two successive hypotheses agree, and the whole hypothesis once it
/// has not changed for a while. A recognizer guesses the newest word from half of it, and often takes it back.
/// </summary>
internal sealed class StableText
{
    /// <summary>Samples after which an unchanged hypothesis is shown as a whole: 300 ms.</summary>
    private const int SettledSamples = 4_800;

    private string[] _words = [];
    private string _shown = "";
    private string _hypothesis = "";
    private int _unchanged;

    /// <summary>Adds a hypothesis.</summary>
    /// <returns>The text to show; null if it is the one shown already.</returns>
    public string? Add(string hypothesis)
    {
        if (hypothesis == _hypothesis)
            return null;
        var words = hypothesis.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var agreed = 0;
        while (agreed < words.Length && agreed < _words.Length && words[agreed] == _words[agreed])
            agreed++;
        (_words, _hypothesis, _unchanged) = (words, hypothesis, 0);
        var text = string.Join(' ', words.Take(agreed));
        // Words stay while they are part of the hypothesis: the text does not shrink and grow again.
        return hypothesis.StartsWith(_shown, StringComparison.Ordinal) && text.Length < _shown.Length ? null : Show(text);
    }

    /// <summary>Audio arrived without a new hypothesis.</summary>
    /// <returns>The text to show; null if it is the one shown already.</returns>
    public string? Wait(int samples)
    {
        if (_unchanged >= SettledSamples || _hypothesis.Length == 0)
            return null;
        _unchanged += samples;
        return _unchanged >= SettledSamples ? Show(_hypothesis) : null;
    }

    // What was shown is replaced only by text: an empty interim transcript says nothing.
    private string? Show(string text)
    {
        if (text == _shown || text.Length == 0)
            return null;
        _shown = text;
        return text;
    }
}

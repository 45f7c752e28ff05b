namespace Parley.Assistant.Llama.Output;

/// <summary>Ends a text before the first of some sequences. What may be the beginning of one is held back.</summary>
internal sealed class StopText(IReadOnlyList<string> sequences)
{
    private string _pending = "";

    /// <summary>Whether a sequence was found: the rest of the text is not wanted.</summary>
    public bool Found { get; private set; }

    public string Feed(string text)
    {
        if (sequences.Count == 0 || Found)
            return Found ? "" : text;
        _pending += text;
        var end = sequences.Select(sequence => _pending.IndexOf(sequence, StringComparison.Ordinal)).Where(static index => index >= 0).DefaultIfEmpty(-1).Min();
        Found = end >= 0;
        var length = Found ? end : _pending.Length - sequences.Max(sequence => PartialTag.LengthAtEnd(_pending, sequence));
        var free = _pending[..length];
        _pending = _pending[length..];
        return free;
    }

    /// <summary>What was held back for a sequence that did not come.</summary>
    public string Flush() => Found ? "" : _pending;
}

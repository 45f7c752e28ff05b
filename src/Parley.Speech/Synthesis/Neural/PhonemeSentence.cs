namespace Parley.Speech.Synthesis.Neural;

/// <summary>The phonemes of one sentence, and where its clauses end.</summary>
internal sealed class PhonemeSentence
{
    // About a second of speech: enough for its own intonation, little enough to be made at once.
    private const int FirstPart = 12;

    // Sentences of up to about four seconds are spoken in one piece.
    private const int Short = 60;

    private readonly List<string> _phonemes = [];
    private readonly List<int> _clauses = [];

    /// <summary>The phonemes, one or more letters each.</summary>
    public IReadOnlyList<string> Phonemes => _phonemes;

    public void Add(IEnumerable<string> phonemes) => _phonemes.AddRange(phonemes);

    /// <summary>Marks the end of a clause.</summary>
    public void EndClause() => _clauses.Add(_phonemes.Count);

    /// <summary>Replaces groups of phonemes, within a clause.</summary>
    public void Merge(Func<IReadOnlyList<string>, List<string>> merge)
    {
        var merged = merge(_phonemes);
        _phonemes.Clear();
        _phonemes.AddRange(merged);
        _clauses.Clear(); // Positions are no longer known: the sentence is spoken in one piece.
    }

    /// <summary>
    /// Divides it into parts that are spoken one by one: only at ends of clauses unless it is too long, and only to have the first part soon.
    /// </summary>
    /// <param name="isFirst">Whether somebody waits for its first part.</param>
    /// <param name="longest">The most phonemes of a part.</param>
    public IEnumerable<IReadOnlyList<string>> Parts(bool isFirst, int longest)
    {
        var start = 0;
        if (isFirst && _phonemes.Count > Short)
        {
            var end = _clauses.Find(static clause => clause >= FirstPart);
            if (end > 0 && _phonemes.Count - end >= FirstPart && end <= longest)
            {
                yield return _phonemes.GetRange(0, end);
                start = end;
            }
        }
        while (_phonemes.Count - start > longest)
        {
            var end = start + longest;
            var cut = _clauses.FindLast(clause => clause > start && clause <= end);
            if (cut == 0)
                cut = _phonemes.LastIndexOf(" ", end - 1, longest) + 1;
            if (cut <= start)
                cut = end;
            yield return _phonemes.GetRange(start, cut - start);
            start = cut;
        }
        if (_phonemes.Count > start)
            yield return _phonemes.GetRange(start, _phonemes.Count - start);
    }
}

namespace Parley.Recording.Redaction;

/// <summary>All redactors of a server.</summary>
internal sealed class Redactor(IReadOnlyList<IRecordRedactor> redactors)
{
    /// <summary>Returns what to remove, in order and without overlaps.</summary>
    internal IReadOnlyList<RecordRedaction> Find(string text)
    {
        var found = redactors.SelectMany(redactor => redactor.Find(text))
            .Where(redaction => redaction.Length > 0 && redaction.Start >= 0 && redaction.Start < text.Length)
            .OrderBy(static redaction => redaction.Start).ThenByDescending(static redaction => redaction.Length);
        var joined = new List<RecordRedaction>();
        foreach (var redaction in found)
        {
            var end = Math.Min(text.Length, redaction.Start + redaction.Length);
            if (joined.Count > 0 && joined[^1] is var last && redaction.Start < last.Start + last.Length)
                joined[^1] = last with { Length = Math.Max(last.Start + last.Length, end) - last.Start };
            else
                joined.Add(redaction with { Length = end - redaction.Start });
        }
        return joined;
    }

    /// <summary>A text without them.</summary>
    internal string Apply(string text, out int count)
    {
        var found = Find(text);
        count = found.Count;
        for (var i = found.Count - 1; i >= 0; i--)
            text = $"{text[..found[i].Start]}[{found[i].Label}]{text[(found[i].Start + found[i].Length)..]}";
        return text;
    }
}

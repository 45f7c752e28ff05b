namespace Parley.Speech.Worker.Recognition;

/// <summary>Similarity of two sentences by their words, and of two sequences of anything.</summary>
internal static class WordSimilarity
{
    /// <summary>1 minus the word edit distance divided by the length of the longer sentence: 1 if equal, 0 if no word matches.</summary>
    public static double Of(string a, string b)
    {
        var (first, second) = (Words(a), Words(b));
        var longer = Math.Max(first.Length, second.Length);
        return longer == 0 ? 1 : 1 - ((double)Edits<string>(first, second) / longer);
    }

    /// <summary>Edit distance, of words or of characters: the fewest insertions, deletions and substitutions.</summary>
    public static int Edits<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IEquatable<T>
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 0; i < a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < b.Length; j++)
            {
                var best = a[i].Equals(b[j]) ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j + 1]));
                (diagonal, row[j + 1]) = (row[j + 1], best);
            }
        }
        return row[^1];
    }

    internal static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

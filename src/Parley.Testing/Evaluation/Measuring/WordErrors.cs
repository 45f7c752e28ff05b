using System.Text;

namespace Parley.Testing.Evaluation.Measuring;

/// <summary>Words of a text, errors of a transcript, and repetition between texts.</summary>
internal static class WordErrors
{
    private const int SequenceWords = 3;

    /// <summary>Words in lower case, without punctuation; apostrophes stay.</summary>
    internal static string[] WordsOf(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormC))
        {
            var isPart = char.IsLetterOrDigit(letter) || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.NonSpacingMark;
            if (letter is '\'' or '’')
                clean.Append('\'');
            else
                clean.Append(isPart ? char.ToLowerInvariant(letter) : ' ');
        }
        return [.. clean.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => word.Trim('\'')).Where(static word => word.Length > 0)];
    }

    /// <summary>The fewest insertions, deletions and substitutions that make one list of words the other.</summary>
    internal static int Edits(string[] said, string[] heard)
    {
        int[] row = [.. Enumerable.Range(0, heard.Length + 1)];
        foreach (var word in said)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < heard.Length; j++)
            {
                var best = word == heard[j] ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j + 1]));
                (diagonal, row[j + 1]) = (row[j + 1], best);
            }
        }
        return row[^1];
    }

    /// <summary>The share of the three-word sequences of a text that an earlier one has too; null if one of them is shorter than that.</summary>
    internal static double? Repetition(string earlier, string later)
    {
        var (before, after) = (Sequences(earlier).ToHashSet(StringComparer.Ordinal), Sequences(later));
        return before.Count == 0 || after.Count == 0 ? null : (double)after.Count(before.Contains) / after.Count;
    }

    private static List<string> Sequences(string text)
    {
        var words = WordsOf(text);
        return [.. Enumerable.Range(0, Math.Max(0, words.Length - SequenceWords + 1)).Select(start => string.Join(' ', words[start..(start + SequenceWords)]))];
    }
}

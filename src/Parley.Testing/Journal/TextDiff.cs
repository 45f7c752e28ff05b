using System.Text;

namespace Parley.Testing.Journal;

/// <summary>Compares texts line by line.</summary>
internal static class TextDiff
{
    /// <summary>Longer texts are not compared line by line, because that takes the square of the lines.</summary>
    private const int MaxLines = 3_000;

    /// <summary>All lines of both: <c>-</c> is missing, <c>+</c> is new. Null if they are equal.</summary>
    internal static string? Compare(string expected, string actual)
    {
        var (a, b) = (Lines(expected), Lines(actual));
        if (a.SequenceEqual(b))
            return null;
        if (a.Length > MaxLines || b.Length > MaxLines)
            return $"- {a.Length} lines\n+ {b.Length} lines";
        // Longest common subsequence of the rests.
        var common = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            for (var j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        var text = new StringBuilder();
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
                (text, i, j) = (text.Append("  ").Append(a[i]).Append('\n'), i + 1, j + 1);
            else if (i < a.Length && (j == b.Length || common[i + 1, j] >= common[i, j + 1]))
                text.Append("- ").Append(a[i++]).Append('\n');
            else
                text.Append("+ ").Append(b[j++]).Append('\n');
        }
        return text.ToString().TrimEnd('\n');
    }

    internal static string[] Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n').Split('\n');
}

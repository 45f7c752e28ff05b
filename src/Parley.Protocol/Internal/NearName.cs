namespace Parley.Protocol.Internal;

/// <summary>How near a misspelled name is to a known one, for "Did you mean …?".</summary>
internal static class NearName
{
    /// <summary>A longer name is no misspelling, and comparing it is work for nothing.</summary>
    private const int MaxLength = 100;

    /// <summary>Letters to insert, delete or replace, regardless of case; the longer length if a name has more than 100 characters.</summary>
    internal static int Distance(string left, string right)
    {
        if (left.Length > MaxLength || right.Length > MaxLength)
            return Math.Max(left.Length, right.Length);
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, replaced));
            }
        }
        return row[^1];
    }
}

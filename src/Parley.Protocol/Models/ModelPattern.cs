namespace Parley.Protocol.Models;

/// <summary>Patterns of model ids, in which <c>*</c> stands for any characters.</summary>
internal static class ModelPattern
{
    // No model has a longer id; matching patterns against a whole text would take its time.
    private const int MaxIdLength = 128;

    internal static bool IsMatch(string id, string pattern) => id.Length <= MaxIdLength && Matches(id, pattern);

    private static bool Matches(ReadOnlySpan<char> id, ReadOnlySpan<char> pattern)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return id.SequenceEqual(pattern);
        if (!id.StartsWith(pattern[..star], StringComparison.Ordinal))
            return false;
        var rest = pattern[(star + 1)..];
        for (var at = star; at <= id.Length; at++)
        {
            if (Matches(id[at..], rest))
                return true;
        }
        return false;
    }
}

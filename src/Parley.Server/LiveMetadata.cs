using System.Collections.ObjectModel;

namespace Parley.Server;

/// <summary>Rules for the metadata of users and tokens.</summary>
internal static class LiveMetadata
{
    private const int MaxEntries = 32, MaxNameLength = 64, MaxValueLength = 512;

    internal static IReadOnlyDictionary<string, string> None => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>A copy that later changes do not reach.</summary>
    /// <exception cref="ArgumentException">It is too large.</exception>
    internal static IReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return None;
        if (metadata.Count > MaxEntries || metadata.Any(static entry => entry.Key is not { Length: > 0 and <= MaxNameLength } || entry.Value is not { Length: <= MaxValueLength }))
            throw new ArgumentException($"Metadata may have at most {MaxEntries} entries, with names of 1 to {MaxNameLength} and values of at most {MaxValueLength} characters.");
        return new ReadOnlyDictionary<string, string>(new Dictionary<string, string>(metadata, StringComparer.Ordinal));
    }

    /// <summary>Both; the second one wins.</summary>
    internal static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> first, IReadOnlyDictionary<string, string> second)
    {
        if (second.Count == 0)
            return first;
        var merged = new Dictionary<string, string>(first, StringComparer.Ordinal);
        foreach (var (name, value) in second)
            merged[name] = value;
        return merged;
    }
}

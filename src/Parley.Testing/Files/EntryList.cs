namespace Parley.Testing.Files;

/// <summary>Entries of a map; a key that is given twice is reported, and the first counts.</summary>
internal sealed class EntryList(FileProblems problems)
{
    private readonly Dictionary<string, FileScalar> _keys = [];

    internal List<FileEntry> Entries { get; } = [];

    internal void Add(FileScalar key, FileNode value)
    {
        if (_keys.TryGetValue(key.Text, out var first))
        {
            problems.Error(key, $"The key '{FileProblems.Shorten(key.Text)}' is given twice in the same map, first in line {first.Line}. Remove one.");
            return;
        }
        _keys.Add(key.Text, key);
        Entries.Add(new FileEntry(key, value));
    }
}

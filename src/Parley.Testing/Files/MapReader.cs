namespace Parley.Testing.Files;

/// <summary>A map whose keys are known names.</summary>
internal sealed class MapReader
{
    private readonly FileMap _map;
    private readonly string[] _known;

    private MapReader(FileMap map, string[] known) => (_map, _known) = (map, known);

    internal FileMap Node => _map;

    internal FileNode? this[string key] =>
        _known.Contains(key) ? _map[key] : throw new InvalidOperationException($"The reader asks for '{key}', which is not in FileFields.");

    /// <summary>Reports unknown keys; null if the node is no map, which is reported too.</summary>
    /// <param name="node">The node.</param>
    /// <param name="what">The object in words, such as <c>a rule</c>.</param>
    /// <param name="known">Its keys.</param>
    /// <param name="problems">Receives what is wrong.</param>
    internal static MapReader? Of(FileNode node, string what, string[] known, FileProblems problems)
    {
        if (node is not FileMap map)
        {
            problems.Error(node, $"{char.ToUpperInvariant(what[0])}{what[1..]} must be a map, not {node.Kind}. It can have: {FileProblems.Names(known)}.");
            return null;
        }
        foreach (var key in map.Entries.Select(static entry => entry.Key).Where(key => !known.Contains(key.Text)))
            problems.Error(key, Unknown(key.Text, what, known));
        return new MapReader(map, known);
    }

    internal static string Unknown(string key, string what, IReadOnlyCollection<string> known)
    {
        var name = FileProblems.Shorten(key);
        return FileProblems.Nearest(key, known) is { } nearest
            ? $"'{name}' is not a key of {what}. Did you mean '{nearest}'?"
            : $"'{name}' is not a key of {what}. It can have: {FileProblems.Names(known)}.";
    }
}

namespace Parley.Server.Wire;

/// <summary>
/// Normalizes model names: <c>models/x</c>, the bare <c>x</c>, and the long forms of Vertex and Firebase that end in <c>/models/x</c> are one model.
/// </summary>
internal static class ModelName
{
    private const string Prefix = "models/";

    /// <summary>Longest model id; matching patterns against a very long text would be slow.</summary>
    private const int MaxIdLength = 128;

    /// <summary>The name as <c>models/x</c>; a name of another collection (<c>tunedModels/x</c>) stays as it is.</summary>
    internal static string Canonical(string name)
    {
        if (!name.Contains('/', StringComparison.Ordinal))
            return Prefix + name;
        if (name.StartsWith(Prefix, StringComparison.Ordinal))
            return name;
        var at = name.LastIndexOf("/" + Prefix, StringComparison.Ordinal);
        return at >= 0 && (name.StartsWith("projects/", StringComparison.Ordinal) || name.StartsWith("publishers/", StringComparison.Ordinal))
            ? name[(at + 1)..]
            : name;
    }

    /// <summary>The <c>x</c> of a canonical <c>models/x</c>, or null if it is of another collection or not a valid id.</summary>
    internal static string? Id(string canonical) =>
        canonical.Length > Prefix.Length && canonical.Length <= Prefix.Length + MaxIdLength && canonical.StartsWith(Prefix, StringComparison.Ordinal) && canonical.IndexOf('/', Prefix.Length) < 0
            ? canonical[Prefix.Length..]
            : null;
}

namespace Parley.Testing.Files;

/// <summary>Reads names of quirks. The set of known names belongs to the quirks of the kit.</summary>
internal static class QuirkReader
{
    /// <summary>The names that this version knows.</summary>
    internal static IReadOnlyCollection<string> Known { get; } = [];

    internal static void Read(FileNode node, FileValues values, ScenarioContent content)
    {
        if (values.Text(node, "quirks") is not { } name)
            return;
        if (Known.Contains(name))
            content.Quirks.Add(name);
        else if (Known.Count == 0)
            values.Problems.Error(node, $"There is no quirk '{FileProblems.Shorten(name)}': this version has none.");
        else
            values.Problems.Error(node, $"There is no quirk '{FileProblems.Shorten(name)}'. {(FileProblems.Nearest(name, Known) is { } nearest ? $"Did you mean '{nearest}'?" : $"Known are {FileProblems.Names(Known)}.")}");
    }
}

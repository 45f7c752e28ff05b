namespace Parley.Testing.Files;

/// <summary>Reads names of quirks.</summary>
internal static class QuirkReader
{
    /// <summary>The names that this version knows.</summary>
    internal static IReadOnlyCollection<string> Known { get; } = [.. Quirk.All.Select(static quirk => quirk.Name)];

    internal static void Read(FileNode node, FileValues values, ScenarioContent content)
    {
        if (values.Text(node, "quirks") is not { } name)
            return;
        if (Known.Contains(name))
            content.Quirks.Add(name);
        else
            values.Problems.Error(node, $"There is no quirk '{FileProblems.Shorten(name)}'. {(FileProblems.Nearest(name, Known) is { } nearest ? $"Did you mean '{nearest}'?" : $"Known are {FileProblems.Names(Known)}.")}");
    }
}

namespace Parley.Testing.Files;

/// <summary>Reads a fault.</summary>
internal static class FaultReader
{
    internal static void Read(FileNode node, FileProblems problems, ScenarioContent content) =>
        problems.Error(node, "There are no faults in this version.");
}

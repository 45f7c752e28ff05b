namespace Parley.Testing.Files;

/// <summary>Reads a fault: a <see cref="FaultDescription"/>, which checks itself.</summary>
internal static class FaultReader
{
    internal static void Read(FileNode node, FileProblems problems, ScenarioContent content)
    {
        if (MapReader.Of(node, "a fault", FileFields.Fault, problems) is not { } map)
            return;
        if (map.Node.Entries.Any(static entry => !FileFields.Fault.Contains(entry.Key.Text)))
            return;
        try
        {
            var fault = FaultDescription.Parse(map.Node.ToJson().ToJsonString());
            _ = new FaultPlan(TimeProvider.System).Add(fault);
            content.Faults.Add(fault);
        }
        catch (FormatException e)
        {
            var message = e.Message;
            // The member that the message names, if it names one.
            var at = map.Node.Entries.FirstOrDefault(entry => message.Contains($"$.{entry.Key.Text}", StringComparison.Ordinal))?.Value;
            problems.Error(at ?? node, message);
        }
    }
}

namespace Parley.Cli.Output;

/// <summary>Chooses the form of the output.</summary>
internal static class Report
{
    internal static IReport Create(ToolEnvironment environment, bool json) =>
        json ? new JsonReport(environment.Output, environment.TimeProvider) : new HumanReport(environment);

    /// <summary>A message in one line, without control characters.</summary>
    internal static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(static word => new string([.. word.Where(static c => !char.IsControl(c))])));
}

/// <summary>A row of a table: the cells for people, the data for programs.</summary>
internal sealed record TableRow(IReadOnlyList<string> Cells, params (string Name, object? Value)[] Data);

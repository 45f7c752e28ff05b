namespace Parley.Testing.Tests.Conformance;

/// <summary>Each deliberate fault of a server is noticed by its check. That no other check notices it is tested with the tool.</summary>
public sealed class DefectTests
{
    public static TheoryData<string> Names => [.. ServerDefect.All.Select(static defect => defect.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Defect_fails_its_checks(string name)
    {
        var defect = ServerDefect.Find(name);
        await using var server = await ConformingServer.StartAsync(options => options.Defects.Add(defect));

        var report = await ConformingServer.CheckAsync(server, options =>
        {
            foreach (var check in defect.Checks)
                options.Only.Add(check);
        });

        Assert.True(
            defect.Checks.Order().SequenceEqual(report.Failures.Select(static failure => failure.Check.Id).Order()),
            $"{defect.Description} Expected failures of {string.Join(", ", defect.Checks)}.\n{report}");
    }
}

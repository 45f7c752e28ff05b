namespace Parley.Testing.Tests.Conformance;

public sealed class AllDefects
{
    public static TheoryData<string> Names => [.. ServerDefect.All.Select(static defect => defect.Name)];

    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public async Task Defect_fails_exactly_its_checks(string name)
    {
        var defect = ServerDefect.Find(name);
        await using var server = await ConformingServer.StartAsync(options => options.Defects.Add(defect));

        var report = await ConformingServer.CheckAsync(server);

        Assert.True(
            defect.Checks.Order().SequenceEqual(report.Failures.Select(static failure => failure.Check.Id).Order()),
            $"{defect.Description} Expected failures of {string.Join(", ", defect.Checks)}.\n{report}");
    }
}

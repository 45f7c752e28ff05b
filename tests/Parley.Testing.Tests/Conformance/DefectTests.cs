namespace Parley.Testing.Tests.Conformance;

/// <summary>Each deliberate fault of a server is noticed by its checks. That no other check notices it is tested end to end.</summary>
public sealed class DefectTests
{
    [Fact]
    public async Task Every_defect_fails_its_checks()
    {
        var differences = await Task.WhenAll(ServerDefect.All.Select(DifferenceAsync));

        Assert.Empty(differences.OfType<string>());
    }

    [Fact]
    public void Defects_have_different_names_and_fail_existing_checks()
    {
        Assert.Equal(ServerDefect.All.Count, ServerDefect.All.Select(static defect => defect.Name).Distinct().Count());
        Assert.True(ServerDefect.All.Count >= 20);
        Assert.Subset(LiveConformance.Checks.Select(static check => check.Id).ToHashSet(), ServerDefect.All.SelectMany(static defect => defect.Checks).ToHashSet());
    }

    [Fact]
    public void Unknown_defect_is_refused_with_a_list()
    {
        var error = Assert.Throws<FormatException>(() => ServerDefect.Parse("none"));

        Assert.Contains("text-frames", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> DifferenceAsync(ServerDefect defect)
    {
        await using var server = await ConformingServer.StartAsync(options => options.Defects.Add(defect));
        var report = await ConformingServer.CheckAsync(server, options =>
        {
            foreach (var check in defect.Checks)
                options.Only.Add(check);
        });
        return report.Failures.Count() == defect.Checks.Count ? null : $"{defect}: {defect.Description}\n{report}";
    }
}


namespace Parley.EndToEnd;

/// <summary>Each deliberate defect of a server fails its checks, and no other check. All checks run for each: two minutes, with <c>./test --long</c> only.</summary>
public sealed class DefectTests
{
    [Fact]
    public async Task Every_defect_fails_exactly_its_checks()
    {
        if (Environment.GetEnvironmentVariable("PARLEY_LONG") is null)
            Assert.Skip("Runs with ./test --long.");
        var differences = new List<string>();
        foreach (var defect in ServerDefect.All)
        {
            var report = await CheckAsync(defect);
            if (!defect.Checks.Order().SequenceEqual(report.Failures.Select(static failure => failure.Check.Id).Order()))
                differences.Add($"{defect}: expected failures of {string.Join(", ", defect.Checks)}.\n{report}");
        }

        Assert.Empty(differences);
    }

    private static async Task<ConformanceReport> CheckAsync(ServerDefect defect)
    {
        await using var server = await LiveTestServer.StartAsync(
            options =>
            {
                options.TimeProvider = TimeProvider.System;
                options.Recognize = static _ => "hello";
                options.Defects.Add(defect);
            },
            TestContext.Current.CancellationToken);
        LiveConformance.AnswerChecks(server.Scenario);
        return await LiveConformance.RunAsync(
            ConformanceTarget.Of(server), new ConformanceOptions { SpeechSpeed = 0, Parallelism = 16, Silence = TimeSpan.FromMilliseconds(150) },
            progress: null, TestContext.Current.CancellationToken);
    }
}

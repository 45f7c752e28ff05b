#pragma warning disable xUnit1051 // As on the page, without cancellation.
namespace Parley.Testing.Tests.Documentation;

/// <summary>The snippets of docs/conformance.md, and its numbers.</summary>
public sealed class ConformancePageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_at_an_address_is_checked()
    {
        await using var server = await LiveTestServer.StartAsync(
            static options => (options.TimeProvider, options.Port, options.ApiKey) = (TimeProvider.System, 0, "my-key"), Cancellation);
        LiveConformance.AnswerChecks(server.Scenario);
        var address = server.BaseAddress.AbsoluteUri;

        var target = new ConformanceTarget(new Uri(address), "my-key");
        var report = await LiveConformance.RunAsync(target, new ConformanceOptions { Only = { "setup", "tools" }, Except = { "tools.scheduling-silent" } });

        Assert.True(report.IsConformant, report.ToString());
    }

    [Fact]
    public async Task Defect_of_a_server_is_found()
    {
        await using var server = await LiveTestServer.StartAsync(options =>
        {
            options.TimeProvider = TimeProvider.System;
            options.Defects.Add(ServerDefect.Parse("late-generation-complete"));
        });
        LiveConformance.AnswerChecks(server.Scenario);
        var report = await LiveConformance.RunAsync(ConformanceTarget.Of(server), new ConformanceOptions { Only = { "output" }, SpeechSpeed = 0 });

        Assert.Contains(report.Failures, failure => failure.Check.Id == "output.generation-before-turn");
    }

    [Fact]
    public async Task Areas_options_and_numbers_of_the_page_are_those_of_the_code()
    {
        var page = await File.ReadAllTextAsync(SnippetTests.PathOf("docs/conformance.md"), Cancellation);

        Assert.Contains($"each of the {ServerDefect.All.Count} in `ServerDefect.All`", page, StringComparison.Ordinal);
        Assert.All(
            LiveConformance.Checks.Concat(LiveConformance.ClientChecks).Select(static check => check.Area).Distinct(),
            area => Assert.Matches($@"\n\| [^|]*`{area}`", page));
        Assert.All(typeof(ConformanceOptions).GetProperties(), option => Assert.Matches($@"\n\| [^|]*`{option.Name}`", page));
    }
}

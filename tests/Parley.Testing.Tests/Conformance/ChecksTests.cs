namespace Parley.Testing.Tests.Conformance;

public sealed class ChecksTests
{
    [Fact]
    public void Ids_are_unique_and_begin_with_their_area()
    {
        var checks = LiveConformance.Checks.Concat(LiveConformance.ClientChecks).ToList();

        Assert.Equal(checks.Count, checks.Select(static check => check.Id).Distinct().Count());
        Assert.All(checks, static check => Assert.StartsWith(check.Area + ".", check.Id, StringComparison.Ordinal));
        Assert.All(checks, static check => Assert.Matches("^[a-z0-9-]+[.][a-z0-9-]+$", check.Id));
    }

    [Fact]
    public void Texts_are_sentences_and_different()
    {
        Assert.All(LiveConformance.Checks.Concat(LiveConformance.ClientChecks), static check => Assert.EndsWith(".", check.Description, StringComparison.Ordinal));
        var repeated = LiveConformance.Checks.GroupBy(static check => (check.Area, check.Description)).Where(static group => group.Count() > 1).Select(static group => group.Key);
        Assert.Empty(repeated);
    }

    [Fact]
    public async Task Server_that_opens_no_session_is_reported_once_and_at_once()
    {
        await using var server = await LiveTestServer.StartAsync(static options => options.TimeProvider = TimeProvider.System, TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<ConformanceException>(() => ConformingServer.CheckAsync(server, static options => options.Model = "models/not-there"));

        Assert.Contains("models/not-there is not found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_of_calls_are_skipped_if_the_model_makes_none()
    {
        await using var server = await ConformingServer.StartAsync(static scenario => scenario.When(Heard.Anything).Says("No.").Optional());

        var report = await ConformingServer.CheckAsync(server, static options =>
        {
            options.Only.Add("tools.has-id");
            options.Only.Add("tools.response-error");
        });

        Assert.Equal((0, 0, 2), (report.Total.Passed, report.Total.Failed, report.Total.Skipped));
        Assert.Null(report.Total.Percent);
        Assert.All(report.Results, static result => Assert.Contains("did not call a function", result.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Strict_server_passes_the_strict_profile()
    {
        await using var server = await ConformingServer.StartAsync(static options =>
            options.ConfigureServer = static server => server.Compatibility = Parley.Protocol.LiveCompatibility.Strict);

        var report = await ConformingServer.CheckAsync(server, static options =>
        {
            options.Profile = ConformanceProfile.Strict;
            foreach (var area in (string[])["json", "setup", "declarations", "models", "realtime", "tools"])
                options.Only.Add(area);
        });

        Assert.True(report.Total is { Failed: 0, Skipped: 0 }, report.ToString());
    }

    [Fact]
    public async Task Test_server_passes_the_Vertex_profile()
    {
        await using var server = await ConformingServer.StartAsync();

        var report = await ConformingServer.CheckAsync(server, static options =>
        {
            options.Profile = ConformanceProfile.Vertex;
            foreach (var area in (string[])["handshake", "credentials", "usage", "resumption", "order"])
                options.Only.Add(area);
        });

        Assert.True(report.Total is { Failed: 0, Skipped: 0 }, report.ToString());
    }
}

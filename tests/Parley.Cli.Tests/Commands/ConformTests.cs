using System.Text.Json;
using System.Xml.Linq;

namespace Parley.Cli.Tests.Commands;

public sealed class ConformTests
{
    [Fact]
    public async Task Server_that_passes_gives_exit_code_0_and_its_score()
    {
        await using var server = await StartAsync();
        using var cli = new CliRun();

        var result = await cli.RunAsync("conform", server.BaseAddress.ToString(), "--key", server.ApiKey, "--only", "order");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("conforms: 15 checks", result.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_check_gives_exit_code_1_and_the_frames_without_the_key()
    {
        await using var server = await StartAsync("prefix-turns-accepted");
        using var cli = new CliRun();

        var result = await cli.RunAsync("conform", server.BaseAddress.ToString(), "--key", server.ApiKey, "--only", "setup.prefix-turns");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("FAILED setup.prefix-turns", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"prefixTurns\":[]", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(server.ApiKey, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Excepted_check_is_not_run()
    {
        await using var server = await StartAsync("prefix-turns-accepted");
        using var cli = new CliRun();

        var result = await cli.RunAsync(
            "conform", server.BaseAddress.ToString(), "--key", server.ApiKey, "--only", "setup.prefix-turns", "setup.minimal", "--except", "setup.prefix-turns");

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Failed_should_is_a_difference_and_no_failure()
    {
        await using var server = await StartAsync("text-frames");
        using var cli = new CliRun();

        var result = await cli.RunAsync("conform", server.BaseAddress.ToString(), "--key", server.ApiKey, "--only", "framing.binary-output");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("differs framing.binary-output", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_have_the_form_that_was_asked_for()
    {
        await using var server = await StartAsync("prefix-turns-accepted");
        using var cli = new CliRun();
        string[] command = ["conform", server.BaseAddress.ToString(), "--key", server.ApiKey, "--only", "setup.prefix-turns", "setup.minimal", "--format"];

        var json = JsonElement.Parse((await cli.RunAsync([.. command, "json", "--out", cli.PathOf("report.json")]) is { ExitCode: 1 } ? await File.ReadAllTextAsync(cli.PathOf("report.json"), TestContext.Current.CancellationToken) : ""));
        var junit = XDocument.Parse((await new CliRun().RunAsync([.. command, "junit"])).Output);
        var markdown = (await new CliRun().RunAsync([.. command, "markdown"])).Output;

        Assert.Equal(1, json.GetProperty("total").GetProperty("failed").GetInt32());
        Assert.NotEmpty(json.GetProperty("checks")[1].GetProperty("frames").EnumerateArray());
        Assert.Equal("1", junit.Root!.Attribute("failures")!.Value);
        Assert.StartsWith("setup.prefix-turns", junit.Descendants("failure").Single().Parent!.Attribute("name")!.Value, StringComparison.Ordinal);
        Assert.Contains("| **total** | **1** | **1** | **0** | **50 %** |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_option_prints_one_object_per_line()
    {
        await using var server = await StartAsync("prefix-turns-accepted");
        using var cli = new CliRun();

        var lines = (await cli.RunAsync("conform", server.BaseAddress.ToString(), "--key", server.ApiKey, "--only", "setup.prefix-turns", "--json")).Json;

        Assert.Equal(["failure", "conformance"], lines.Select(static line => line.GetProperty("type").GetString()));
        Assert.Equal("setup.prefix-turns", lines[0].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("conform", 2, "Give the URL of a server.")]
    [InlineData("conform --client", 2, "Give the command of a client after --.")]
    [InlineData("conform nonsense", 2, "must be an absolute URL")]
    [InlineData("conform http://127.0.0.1:1 --profile best", 2, "best")]
    [InlineData("conform http://127.0.0.1:1 --only nothing.here", 2, "There is no check and no area 'nothing.here'. The areas are: http, handshake")]
    [InlineData("conform http://127.0.0.1:1 --only order --except order", 2, "No check is left to run.")]
    [InlineData("conform http://127.0.0.1:1", 1, "opens no session: The connection failed")]
    [InlineData("conform --client -- no-such-program", 1, "no-such-program does not start")]
    public async Task Mistake_is_an_error_in_one_line(string line, int exitCode, string expected)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync(line.Split(' '));

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_has_every_check_once()
    {
        using var cli = new CliRun();

        var servers = (await cli.RunAsync("conform", "--list", "--json")).Json;
        var clients = (await cli.RunAsync("conform", "--list", "--client", "--json")).Json;

        Assert.All([servers, clients], static list => Assert.Equal(list.Count, list.Select(static line => line.GetRawText()).Distinct().Count()));
        Assert.True(servers.Count > 250);
        Assert.Contains(clients, static line => line.TryGetProperty("id", out var id) && id.GetString() == "client-tools.once");
    }

    private static async Task<LiveTestServer> StartAsync(params string[] defects)
    {
        var server = await LiveTestServer.StartAsync(
            options =>
            {
                (options.Port, options.TimeProvider) = (0, TimeProvider.System);
                foreach (var defect in defects)
                    options.Defects.Add(ServerDefect.Parse(defect));
            },
            TestContext.Current.CancellationToken);
        LiveConformance.AnswerChecks(server.Scenario);
        return server;
    }
}

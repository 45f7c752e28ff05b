namespace Parley.Cli.Tests.Evaluating;

/// <summary><c>parley eval</c> against scripted servers of this process, and with recordings. Asserts no time.</summary>
public sealed class EvalCommandTests
{
    private const string OneCall = "calls: [{ name: short, steps: [{ say: What time is it, file: tone.wav }, { listen: 3s }] }]";

    [Fact]
    public async Task Call_is_measured_and_its_files_are_written_and_measured_again()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).Plays(new WavFile(24_000, Tone(24_000))).Optional();
        using var cli = new CliRun();
        var folder = cli.PathOf("out");

        var result = await cli.RunAsync(
            "eval", server.BaseAddress.ToString(), "--key", server.ApiKey, "--script", Script(cli), "--tts", "tone", "--out", folder, "--require", "response-rate>=0.5", "--json");
        var again = await cli.RunAsync("eval", "--from", Path.Combine(folder, "short.wav"), "--json");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(("short", 1, 1), Call(result));
        Assert.Equal("met", Line(result, "requirement").GetProperty("outcome").GetString());
        Assert.Equal(["report.json", "report.md", "short.json", "short.svg", "short.wav"], new DirectoryInfo(folder).EnumerateFiles().Select(static file => file.Name).Order());
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(Measures(result), Measures(again));
    }

    [Fact]
    public async Task Server_that_does_not_answer_fails_the_requirement()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).SaysNothing().Optional();
        using var cli = new CliRun();

        var result = await cli.RunAsync(
            "eval", server.BaseAddress.ToString(), "--key", server.ApiKey, "--script", Script(cli), "--timeout", "1s", "--repeat", "4", "--parallel", "4",
            "--require", "response-rate>=0.9", "--require", "yield-rate>=0.5");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(1, result.ErrorLines.Count(static line => line.Contains("response-rate>=0.9 is not met; yield-rate>=0.5 has no cases.", StringComparison.Ordinal)));
        Assert.Contains(result.OutputLines, static line => line.StartsWith("response-rate", StringComparison.Ordinal) && line.EndsWith("0 of 4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refused_key_has_the_exit_code_of_refusals()
    {
        await using var server = await StartAsync();
        using var cli = new CliRun();

        var result = await cli.RunAsync("eval", server.BaseAddress.ToString(), "--key", "another", "--script", Script(cli));

        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task Unreachable_server_is_a_failure()
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync("eval", "http://127.0.0.1:1", "--script", Script(cli));

        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Mistakes_of_a_script_are_reported_with_their_lines()
    {
        using var cli = new CliRun();
        var path = cli.Write("bad.yaml", "calls:\n  - name: a\n    steps:\n      - says: x\n");

        var result = await cli.RunAsync("eval", "--list", "--script", path);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("bad.yaml:4:9: error: 'says' is not a key of a step. Did you mean 'say'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_has_the_calls_and_schema_is_that_of_the_files()
    {
        using var cli = new CliRun();

        var list = await cli.RunAsync("eval", "--list", "--json");
        var schema = await cli.RunAsync("eval", "--schema");

        Assert.Equal(
            EvaluationSuite.Default.Calls.Select(static call => call.Name),
            list.Json.Where(static line => line.TryGetProperty("steps", out _)).Select(static line => line.GetProperty("name").GetString()));
        Assert.Equal(EvaluationSuite.Schema.TrimEnd(), schema.Output.TrimEnd());
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "--require", "response-rat>=1")]
    [InlineData("http://127.0.0.1:1", "--require", "response-rate")]
    [InlineData("http://127.0.0.1:1", "--from", "a.wav")]
    [InlineData("http://127.0.0.1:1", "--repeat", "0")]
    [InlineData("http://127.0.0.1:1", "--parallel", "101")]
    [InlineData("http://127.0.0.1:1", "--only", "no-such-call")]
    [InlineData("ftp://127.0.0.1", "--repeat", "1")]
    public async Task Bad_value_is_a_usage_error(params string[] arguments)
    {
        using var cli = new CliRun();

        Assert.Equal(2, (await cli.RunAsync(["eval", .. arguments])).ExitCode);
    }

    [Fact]
    public async Task Missing_recording_is_a_failure()
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync("eval", "--from", cli.PathOf("none.wav"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("none.wav", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static Task<LiveTestServer> StartAsync() => LiveTestServer.StartAsync(static options => (options.Port, options.TimeProvider) = (0, TimeProvider.System));

    private static string Script(CliRun cli)
    {
        cli.WriteWav("tone.wav", TimeSpan.FromSeconds(0.6));
        return cli.Write("script.yaml", OneCall);
    }

    private static short[] Tone(int count) => [.. Enumerable.Range(0, count).Select(static i => (short)(Math.Sin(i * 0.2) * 8_000))];

    private static System.Text.Json.JsonElement Line(CliResult result, string type) => result.Json.Single(line => line.GetProperty("type").ValueEquals(type));

    private static (string?, int, int) Call(CliResult result)
    {
        var call = Line(result, "call");
        return (call.GetProperty("name").GetString(), call.GetProperty("turns").GetInt32(), call.GetProperty("answered").GetInt32());
    }

    private static IEnumerable<string> Measures(CliResult result) =>
        result.Json.Where(static line => line.GetProperty("type").ValueEquals("measure")).Select(static line => line.GetRawText());
}

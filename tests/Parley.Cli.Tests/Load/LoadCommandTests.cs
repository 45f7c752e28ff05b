namespace Parley.Cli.Tests.Load;

/// <summary><c>parley load</c> against servers in this process. Asserts no time.</summary>
public sealed class LoadCommandTests
{
    private const string FastEngines =
        """{"Speech":{"Recognizer":{"Provider":"none"},"Detector":{"Provider":"energy"},"Synthesizer":{"Provider":"tone"}}}""";

    [Fact]
    public async Task Twenty_sessions_talk_and_listen()
    {
        using var server = new CliRun();
        using var cli = new CliRun();
        using var stop = new CancellationTokenSource();
        var serving = server.RunAsync(["serve", "--port", "0", "--json", "--config", server.Write("fast.json", FastEngines)], stop.Token);
        await server.Output.WrittenAsync("\"listening\"");
        var address = UrlOf(server.Output.ToString());

        var result = await cli.RunAsync("load", address, "--sessions", "20", "--profile", "mixed", "--ramp", "1s", "--duration", "4s", "--json");
        await stop.CancelAsync();
        await Expect.WithinAsync(serving, "the server ends");

        Assert.True(result.ExitCode == 0, result.ToString());
        var load = result.Json.Single(static line => line.GetProperty("type").ValueEquals("load"));
        Assert.Equal((20, 20), (load.GetProperty("setUp").GetInt32(), load.GetProperty("active").GetInt32()));
        // Each listener at least.
        Assert.InRange(result.Json.Single(static line => line.GetProperty("type").ValueEquals("answers")).GetProperty("answered").GetInt64(), 10, 100);
        Assert.Equal("""{"1000":20}""", result.Json.Single(static line => line.GetProperty("type").ValueEquals("closes")).GetProperty("codes").GetRawText());
        Assert.Equal(
            ["setup", "firstAudio", "gap", "lateness"],
            result.Json.Where(static line => line.GetProperty("type").ValueEquals("latency")).Select(static line => line.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Refused_key_is_a_failure_with_its_close_code()
    {
        await using var server = await LiveTestServer.StartAsync(static options => (options.Port, options.TimeProvider) = (0, TimeProvider.System));
        using var cli = new CliRun();

        var result = await cli.RunAsync("load", server.BaseAddress.ToString(), "--sessions", "3", "--ramp", "1s", "--duration", "60s", "--key", "another");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("0 of 3 sessions were set up, 0 were open at the end; 3 failed: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_server_is_a_failure_with_its_reason()
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync("load", "http://127.0.0.1:1", "--sessions", "2", "--ramp", "1s");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("ConnectionRefused (2)", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sessions", "0")]
    [InlineData("--sessions", "100001")]
    [InlineData("--profile", "shout")]
    [InlineData("--frame-ms", "5")]
    [InlineData("--frame-ms", "1001")]
    public async Task Bad_amount_is_a_usage_error(string option, string value)
    {
        using var cli = new CliRun();

        Assert.Equal(2, (await cli.RunAsync("load", "http://127.0.0.1:1", option, value)).ExitCode);
    }

    private static string UrlOf(string output) =>
        output.Split('\n').Where(static line => line.Contains("\"listening\"", StringComparison.Ordinal))
            .Select(static line => System.Text.Json.JsonElement.Parse(line).GetProperty("url").GetString()!).First();
}

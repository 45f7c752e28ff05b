using System.Net.Sockets;
using System.Text.Json;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Runs every program in samples/ against a real server.</summary>
public sealed class SampleTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);
    private static readonly string Question = Repository.Find("samples", "audio", "question.wav");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HelloClient_prints_the_answer_of_HelloServer()
    {
        // HelloClient is the program of the README, which connects to the default port.
        using var served = Start("HelloServer", "--urls", "http://127.0.0.1:8080");
        var started = served.Lines.FirstAsync(
            line => line.Text.Contains("Now listening", StringComparison.Ordinal), "HelloServer listens", Cancellation);
        try
        {
            await started;
        }
        catch (ExpectationException) when (served.Exited.IsCompleted && IsTaken(8080))
        {
            Assert.Skip("Port 8080 is taken on this machine.");
        }

        var hello = await RunAsync("HelloClient");
        served.Terminate();

        Assert.EndsWith("How are you?", hello.Trim(), StringComparison.Ordinal);
        Assert.Equal(0, await Expect.WithinAsync(served.Exited, "HelloServer ends after SIGTERM", Cancellation));
    }

    [Theory]
    [InlineData("Gateway")]
    [InlineData("OwnRelay")]
    public async Task A_relay_forwards_to_its_upstream(string sample)
    {
        var environment = new Dictionary<string, string>(Environment)
        {
            ["GEMINI_API_KEY"] = ParleyProcess.Key,
            ["Upstream__Url"] = Environment["PARLEY_URL"],
            ["Upstream__Key"] = ParleyProcess.Key,
        };
        using var gateway = ChildProcess.Start("dotnet", [Dll(sample), "--urls", "http://127.0.0.1:0"], environment, "Run ./test.");
        var line = await gateway.Lines.FirstAsync(
            line => line.Text.Contains("http://127.0.0.1:", StringComparison.Ordinal), "the gateway prints its address", Cancellation);
        var address = new Uri(line.Text[line.Text.IndexOf("http://", StringComparison.Ordinal)..].Trim());
        using var tool = new Tool(address);

        var run = await tool.RunAsync("ask", "What is seven times six?");
        gateway.Terminate();

        Assert.True(
            run.ExitCode == 0 && run.Output.Any(output => output.Contains("That makes 42.", StringComparison.Ordinal)), run.ToString());
        Assert.Equal(0, await Expect.WithinAsync(gateway.Exited, "the gateway ends after SIGTERM", Cancellation));
    }

    [Theory]
    [InlineData("dotnet '{voice}' '{question}' '{answer}'")]
    [InlineData("tail -c +45 '{question}' | dotnet '{voice}' - '{answer}'")]
    public async Task Voice_sends_a_recording_and_a_pipe(string line)
    {
        var folder = Directory.CreateTempSubdirectory("parley-voice-");
        var answer = Path.Combine(folder.FullName, "answer.wav");
        var said = await RunShellAsync(
            line.Replace("{voice}", Dll("Voice"), StringComparison.Ordinal).Replace("{question}", Question, StringComparison.Ordinal).Replace("{answer}", answer, StringComparison.Ordinal));

        Assert.Matches(@"\w+ \w+.*[.?!]", said);
        Assert.True(Audio.WavFile.Load(answer).Duration > TimeSpan.FromSeconds(1), said);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Frames_sends_pictures_from_files_and_from_a_pipe()
    {
        var picture = Repository.Find("tests", "Parley.EndToEnd", "media", "picture.jpg");

        Assert.Contains("I see a picture of 96 by 64 pixels", await RunAsync("Frames", picture), StringComparison.Ordinal);
        var piped = await RunShellAsync($"cat '{picture}' '{picture}' | dotnet '{Dll("Frames")}'");
        Assert.Contains("2 pictures sent", piped, StringComparison.Ordinal);
        Assert.Contains("96 by 64 pixels", piped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_reports_calls_and_their_failures()
    {
        var output = await RunAsync("Tools");

        Assert.Contains("> turn_on_the_lights", output, StringComparison.Ordinal);
        Assert.Contains("The lights in the kitchen are on", output, StringComparison.Ordinal);
        Assert.Contains("! the front door is stuck", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Realtime_runs_functions_and_sends_continuous_audio()
    {
        Assert.Contains("model: Rain in Oslo.", await RunAsync("Realtime"), StringComparison.Ordinal);
        var spoken = await RunAsync("Realtime", Question);
        Assert.Contains("you: ", spoken, StringComparison.Ordinal);
        Assert.Contains("model: ", spoken, StringComparison.Ordinal);
        Assert.Contains("completed, ", spoken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Translate_runs_one_session_per_direction()
    {
        var folder = Directory.CreateTempSubdirectory("parley-translate-");
        var output = await RunShellAsync($"cd '{folder.FullName}' && dotnet '{Dll("Translate")}' '{Question}' '{Question}'");

        Assert.Contains("Anna said: ", output, StringComparison.Ordinal);
        Assert.Contains("Bernd said: ", output, StringComparison.Ordinal);
        Assert.All(
            ["to-Anna.wav", "to-Bernd.wav"],
            name => Assert.True(Audio.WavFile.Load(Path.Combine(folder.FullName, name)).Duration > TimeSpan.FromSeconds(1), output));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Aot_runs_without_the_runtime()
    {
        var program = System.Environment.GetEnvironmentVariable("PARLEY_AOT");
        Assert.SkipWhen(string.IsNullOrEmpty(program), "Only ./test --long compiles it ahead of time.");

        Assert.Contains(
            "The lights in the kitchen are on", await EndAsync(ChildProcess.Start(program!, [], Environment, "Run ./test --long.")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aot_runs_with_the_runtime() =>
        Assert.Contains("The lights in the kitchen are on", await RunAsync("Aot"), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerTools_runs_a_function_that_the_official_sdk_does_not_see(bool isRelayed)
    {
        var environment = new Dictionary<string, string>(Environment);
        if (isRelayed)
            (environment["Upstream__Url"], environment["Upstream__Key"]) = (Environment["PARLEY_URL"], ParleyProcess.Key);
        using var site = ChildProcess.Start("dotnet", [Dll("ServerTools"), "--urls", "http://127.0.0.1:0"], environment, "Run ./test.");
        var line = await site.Lines.FirstAsync(line => line.Text.Contains("http://127.0.0.1:", StringComparison.Ordinal), "the server prints its address", Cancellation);

        var facts = await Peer.RunJavaScriptAsync(new Uri(line.Text[line.Text.IndexOf("http://", StringComparison.Ordinal)..].Trim()), "sdk-call.mjs", Cancellation);

        Assert.Equal("On its way.", facts["order"]);
        Assert.Equal("0", facts["calls seen"]);
        Assert.Equal("Alarm is set.", facts["alarm"]);
        await site.Lines.FirstAsync(static line => line.Text == "user: Call the function look_up_order with {\"id\":\"A7\"}", "the server reads what the user said", Cancellation);
        site.Terminate();
        Assert.Equal(0, await Expect.WithinAsync(site.Exited, "the server ends after SIGTERM", Cancellation));
    }

    [Fact]
    public async Task Calls_writes_what_was_said_to_its_database()
    {
        var folder = Directory.CreateTempSubdirectory("parley-calls-");
        using var site = Start("Calls", "--urls", "http://127.0.0.1:0", "--ConnectionStrings:Calls", $"Data Source={Path.Combine(folder.FullName, "calls.db")}");
        var line = await site.Lines.FirstAsync(line => line.Text.Contains("http://127.0.0.1:", StringComparison.Ordinal), "the server prints its address", Cancellation);
        var address = new Uri(line.Text[line.Text.IndexOf("http://", StringComparison.Ordinal)..].Trim());
        using var tool = new Tool(address);

        var run = await tool.RunAsync("ask", "What is seven times six?");
        Assert.True(run.ExitCode == 0, run.ToString());
        site.Terminate();
        Assert.Equal(0, await Expect.WithinAsync(site.Exited, "the server ends after SIGTERM", Cancellation));

        // All events are handled before the server ends.
        using var again = Start("Calls", "--urls", "http://127.0.0.1:0", "--ConnectionStrings:Calls", $"Data Source={Path.Combine(folder.FullName, "calls.db")}");
        line = await again.Lines.FirstAsync(line => line.Text.Contains("http://127.0.0.1:", StringComparison.Ordinal), "the server prints its address", Cancellation);
        using var reader = new HttpClient { BaseAddress = new Uri(line.Text[line.Text.IndexOf("http://", StringComparison.Ordinal)..].Trim()) };
        var call = Assert.Single(JsonElement.Parse(await reader.GetStringAsync(new Uri("calls", UriKind.Relative), Cancellation)).EnumerateArray());
        Assert.Equal((1, 1000), (call.GetProperty("turns").GetInt32(), call.GetProperty("closeCode").GetInt32()));
        var lines = JsonElement.Parse(await reader.GetStringAsync(new Uri("calls/" + call.GetProperty("id").GetString(), UriKind.Relative), Cancellation)).EnumerateArray().ToList();
        Assert.Equal(
            [("user", "What is seven times six?"), ("model", "That makes 42.")],
            lines.Select(static line => (line.GetProperty("speaker").GetString()!, line.GetProperty("text").GetString()!)));
        again.Terminate();
        await Expect.WithinAsync(again.Exited, "the server ends after SIGTERM", Cancellation);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Tokens_opens_a_session_in_a_page_without_a_key()
    {
        using var site = Start("Tokens", "--urls", "http://127.0.0.1:0", "--contentroot", Repository.Find("samples", "Tokens"));
        var line = await site.Lines.FirstAsync(
            line => line.Text.Contains("http://127.0.0.1:", StringComparison.Ordinal), "the back end prints its address", Cancellation);
        var page = line.Text[line.Text.IndexOf("http://", StringComparison.Ordinal)..].Trim();
        var facts = await Peer.RunInBrowserAsync(["sample-tokens.mjs", page], Cancellation);

        Assert.Equal("That makes 42.", facts["answer"]);
        Assert.Equal("false", facts["key in the page"]);
        site.Terminate();
        await Expect.WithinAsync(site.Exited, "the back end ends after SIGTERM", Cancellation);
    }

    private static string Dll(string sample)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", sample, configuration, sample + ".dll"));
        return File.Exists(path) ? path : throw new ExpectationException(
            $"{path} does not exist. Build the whole solution, or run ./test.");
    }

    private static bool IsTaken(int port)
    {
        using var socket = new TcpListener(System.Net.IPAddress.Loopback, port);
        try
        {
            socket.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private ChildProcess Start(string sample, params string[] arguments) =>
        ChildProcess.Start("dotnet", [Dll(sample), .. arguments], Environment, "Run ./test.");

    private Task<string> RunAsync(string sample, params string[] arguments) => EndAsync(Start(sample, arguments));

    private Task<string> RunShellAsync(string line) =>
        EndAsync(ChildProcess.Start("bash", ["-o", "pipefail", "-c", line], Environment, "Run ./test."));

    private Dictionary<string, string> Environment => new() { ["PARLEY_URL"] = server.Address.GetLeftPart(UriPartial.Authority), ["DOTNET_NOLOGO"] = "1", ["GEMINI_API_KEY"] = "" };

    private static async Task<string> EndAsync(ChildProcess process)
    {
        using (process)
        {
            await Expect.WithinAsync(process.Exited, "the sample ends", Longest, Cancellation);
            var output = string.Join('\n', process.Lines.Snapshot.Select(line => line.Text));
            Assert.True(await process.Exited == 0, output);
            return output;
        }
    }
}

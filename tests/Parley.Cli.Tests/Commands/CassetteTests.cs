using System.Text.RegularExpressions;
using Parley.Client;
using Parley.TestKit;

namespace Parley.Cli.Tests.Commands;

/// <summary><c>parley cassette</c> and <c>parley play</c>.</summary>
public sealed partial class CassetteTests
{
    private const string Recording = """
        {"t":0,"dir":"in","op":"text","json":{"setup":{"model":"models/gemini-3.8-live"}}}
        {"t":0.1,"dir":"out","op":"binary","json":{"setupComplete":{}}}
        {"t":0.2,"dir":"in","op":"text","json":{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Hello there"}]}],"turnComplete":true}}}
        {"t":0.3,"dir":"out","op":"binary","json":{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"VALUE"}}]}}}}
        {"t":0.4,"dir":"out","op":"binary","json":{"serverContent":{"outputTranscription":{"text":"Good day."}}}}
        {"t":0.5,"dir":"out","op":"binary","json":{"odd":true}}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_are_recorded_and_replayed_until_the_tool_is_stopped()
    {
        await using var upstream = await LiveTestServer.StartAsync(static options => options.TimeProvider = TimeProvider.System, Cancellation);
        upstream.When("lamp").Says("Done.");
        using var cli = new CliRun { Invoker = upstream.Invoker };
        var folder = cli.PathOf("lamp.cassette");

        var recorded = await WhileAsync(cli, ["cassette", "record", "--upstream", "http://parley.test", "--upstream-key", upstream.ApiKey, "--out", folder], "lamp");
        Assert.Equal(0, recorded.ExitCode);
        Assert.Contains($"saved {folder}: 1 connection(s)", recorded.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await WhileAsync(cli, ["cassette", "replay", folder], "lamp")).ExitCode);
        var other = await WhileAsync(cli, ["cassette", "replay", folder, "--lenient"], "door");
        Assert.True(other.ExitCode == 1, other.ToString());
        Assert.Contains("realtimeInput.text: expected \"lamp\", was \"door\"", other.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await WhileAsync(cli, ["cassette", "replay", folder, "--match", "setup,order"], "door")).ExitCode);
        Assert.Equal(0, (await WhileAsync(cli, ["cassette", "replay", folder, "--ignore", "realtimeInput.text"], "door")).ExitCode);

        var shown = await cli.RunAsync("cassette", "show", folder);
        Assert.Contains("client #1  {\"realtimeInput\":{\"text\":\"lamp\"}}", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("cassette", "scan", folder)).ExitCode);
        var secret = await cli.RunAsync("cassette", "scan", folder, "--secret", "Done.");
        Assert.Equal(1, secret.ExitCode);
        Assert.Contains("serverContent.outputTranscription.text", secret.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recording_of_a_command_is_saved_only_if_the_command_succeeds()
    {
        using var cli = new CliRun();
        var (folder, session) = (cli.PathOf("x.cassette"), cli.Write("session.jsonl", Recording));
        string[] record = ["cassette", "record", "--upstream", "http://127.0.0.1:1", "--out", folder, "--", "sh", "-c"];

        Assert.Equal(3, (await cli.RunAsync([.. record, "exit 3"])).ExitCode);
        Assert.Contains("No client has connected: nothing is saved.", (await cli.RunAsync([.. record, "test -n \"$GOOGLE_GEMINI_BASE_URL\" && test -n \"$PARLEY_URL\""])).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));

        var replayed = await cli.RunAsync("cassette", "replay", session, "--", "sh", "-c", "true");
        Assert.Equal(1, replayed.ExitCode);
        Assert.Contains("connection 1 was not opened", replayed.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("cassette", "replay", session, "--", "no-such-program-here")).ExitCode);
    }

    [Fact]
    public async Task Recordings_are_converted_and_compared()
    {
        using var cli = new CliRun();
        var before = cli.Write("before.jsonl", Recording);
        var after = cli.Write("after.jsonl", Recording.Replace("Good day.", "Good night.", StringComparison.Ordinal));
        var folder = cli.PathOf("before.cassette");

        Assert.Equal(0, (await cli.RunAsync("cassette", "convert", before, "--out", folder)).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("cassette", "diff", before, folder)).ExitCode);
        var different = await cli.RunAsync("cassette", "diff", folder, after);
        Assert.Equal(1, different.ExitCode);
        Assert.Contains("connection 1, server message 3: serverContent.outputTranscription.text: expected \"Good day.\", was \"Good night.\"", different.Output, StringComparison.Ordinal);
        var secret = cli.Write("secret.jsonl", Recording.Replace("Hello there", "AI" + "za0123456789abcdefghij", StringComparison.Ordinal));
        Assert.Contains("clientContent.turns[0].parts[0].text: a Google API key", (await cli.RunAsync("cassette", "convert", secret, "--out", cli.PathOf("s.cassette"))).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("cassette")]
    public async Task Recording_is_played_with_its_words_and_its_audio(string form)
    {
        using var cli = new CliRun();
        var lines = Recording.Replace("VALUE", Convert.ToBase64String(new byte[24_000]), StringComparison.Ordinal);
        Directory.CreateDirectory(cli.PathOf("served"));
        var path = form switch
        {
            "file" => cli.Write("one.jsonl", lines),
            "folder" => Path.GetDirectoryName(cli.Write("served/0123.jsonl", lines))!,
            _ => cli.PathOf("one.cassette"),
        };
        if (form == "cassette")
            await cli.RunAsync("cassette", "convert", cli.Write("one.jsonl", lines), "--out", path);

        var result = await cli.RunAsync("play", path, "--out", cli.PathOf("mixed.wav"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Hello there", result.Output, StringComparison.Ordinal);
        Assert.Contains("Good day.", result.Output, StringComparison.Ordinal);
        Assert.Equal(0.8, WavFile.Load(cli.PathOf("mixed.wav")).Duration.TotalSeconds, 3);
    }

    [Fact]
    public async Task Recordings_of_the_official_SDKs_are_played()
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);
        using var cli = new CliRun();

        foreach (var name in Captures.Names)
        {
            var result = await cli.RunAsync("play", Path.Combine(Captures.Folder!, name), "--out", cli.PathOf("mixed.wav"));
            Assert.True(result.ExitCode == 0, $"{name}: {result}");
        }
    }

    // Asks one question of the server that the tool runs, then stops the tool.
    private static async Task<CliResult> WhileAsync(CliRun cli, string[] arguments, string question)
    {
        using var stop = new CancellationTokenSource();
        var run = cli.RunAsync(arguments, stop.Token);
        await Task.WhenAny(run, cli.Output.WrittenAsync("ing on http://"));
        if (run.IsCompleted)
            return await run;
        var address = new Uri(Address().Match(cli.Output.ToString()).Value);
        await using (var session = await LiveClient.FromApiKey("any", new LiveClientOptions { BaseAddress = address })
            .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true }, Cancellation))
        {
            Assert.Equal("Done.", (await Expect.WithinAsync(session.AskAsync(question, Cancellation), "the answer", Cancellation)).Text);
        }
        await stop.CancelAsync();
        return await Expect.WithinAsync(run, "the tool ends", Cancellation);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}

using Parley.Client.Tests.Scripted;

namespace Parley.Cli.Tests.Calls;

/// <summary>No command waits for a server without a limit, whatever the server does.</summary>
public sealed class WaitingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private const string Words = """{"serverContent":{"outputTranscription":{"text":"It is"}}}""";
    private const string Complete = """{"serverContent":{"turnComplete":true}}""";
    private const string GenerationComplete = """{"serverContent":{"generationComplete":true}}""";
    private const string Call = """{"toolCall":{"functionCalls":[{"id":"1","name":"get_time","args":{}}]}}""";

    [Fact]
    public async Task Ask_gives_up_on_a_server_that_sends_nothing() =>
        await FailsAsync("No answer arrived within 30 s.", ["ask", "hi"], static _ => Task.CompletedTask);

    [Fact]
    public async Task Ask_gives_up_on_a_server_that_falls_silent_in_an_answer() =>
        await FailsAsync("The answer broke off: nothing more arrived within 30 s.", ["ask", "hi"], static peer => peer.SendAsync(Words),
            printed: "It is");

    [Fact]
    public async Task Ask_gives_up_on_a_server_that_sends_only_messages_without_an_answer() => await FailsAsync(
        "No answer arrived within 30 s.", ["ask", "hi"], static async peer =>
        {
            await peer.SendAsync("""{"usageMetadata":{"totalTokenCount":1}}""");
            await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
            await peer.SendAsync("""{"brandNew":{}}""");
        });

    [Fact]
    public async Task Timeout_option_sets_the_limit() => await FailsAsync(
        "No answer arrived within 2 min.", ["ask", "hi", "--timeout", "2m"], static _ => Task.CompletedTask, TimeSpan.FromMinutes(2));

    [Fact]
    public async Task Send_gives_up_on_a_model_that_only_calls_functions() => await FailsAsync(
        "The model called a function and said nothing about its result within 30 s.",
        ["send", "--text", "what time is it", "--tool", "get_time={\"hour\":4}"],
        static async peer =>
        {
            await peer.SendAsync(Call);
            Assert.True((await peer.ExpectAsync()).TryGetProperty("toolResponse", out _));
            await peer.SendAsync(Complete);
        },
        printed: "calls get_time");

    [Fact]
    public async Task Ask_reports_a_session_that_the_server_closes_in_mid_turn()
    {
        await using var server = await ScriptedLiveServer.StartAsync(static async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync(Words);
            await peer.CloseAsync(1000);
            await peer.ExpectCloseAsync();
        });
        using var cli = new CliRun { Invoker = server.Host.Invoker };

        var result = await RunAsync(cli, server, "ask", "hi");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The session ended before the answer was complete", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_does_not_wait_for_playback_that_nobody_hears()
    {
        // No turnComplete: the server sends it when a listener would have heard the answer.
        var result = await AnswerAsync(["ask", "hi"], Words, GenerationComplete);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("It is", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_fails_if_the_model_failed()
    {
        var result = await AnswerAsync(["ask", "hi"], Words, """{"serverContent":{"turnComplete":true,"turnCompleteReason":"GENERATED_OTHER"}}""");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The model failed to answer: GENERATED_OTHER.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_gives_up_on_a_recording_that_is_never_answered(bool isPipe)
    {
        var clock = new TestClock();
        await using var server = await SilentAsync(static _ => Task.CompletedTask);
        using var files = new CliRun();
        var wav = files.WriteWav("tone.wav", TimeSpan.FromMilliseconds(200));
        using var cli = new CliRun { Invoker = server.Host.Invoker, TimeProvider = clock, Input = File.ReadAllBytes(wav) };

        var run = RunAsync(cli, server, "send", "--audio", isPipe ? "-" : wav);
        await clock.AdvanceUntilAsync(run, static timer => timer.Delay < TimeSpan.FromSeconds(1) || timer.Delay == Limit);
        server.Abandon();

        var result = await run;
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No answer arrived within 30 s. The server may have understood nothing.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static async Task<CliResult> AnswerAsync(string[] arguments, params string[] messages)
    {
        await using var server = await SilentAsync(async peer =>
        {
            foreach (var message in messages)
                await peer.SendAsync(message);
        });
        using var cli = new CliRun { Invoker = server.Host.Invoker };
        var result = await RunAsync(cli, server, arguments);
        server.Abandon();
        return result;
    }

    private static async Task FailsAsync(string expected, string[] arguments, Func<ScriptedPeer, Task> script, TimeSpan? limit = null, string printed = "")
    {
        var clock = new TestClock();
        await using var server = await SilentAsync(script);
        using var cli = new CliRun { Invoker = server.Host.Invoker, TimeProvider = clock };

        var run = RunAsync(cli, server, arguments);
        await cli.Output.WrittenAsync(printed);
        await clock.AdvanceUntilAsync(run, limit ?? Limit);
        server.Abandon();

        var result = await run;
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    // Runs the script after the first input, then says nothing until it is cut.
    private static Task<ScriptedLiveServer> SilentAsync(Func<ScriptedPeer, Task> script) => ScriptedLiveServer.StartAsync(async peer =>
    {
        await peer.AcceptSetupAsync();
        await peer.ExpectAsync();
        await script(peer);
        var buffer = new byte[64 << 10];
        while ((await peer.Socket.ReceiveAsync(buffer.AsMemory(), default)).MessageType != System.Net.WebSockets.WebSocketMessageType.Close)
        {
        }
    });

    private static Task<CliResult> RunAsync(CliRun cli, ScriptedLiveServer server, params string[] arguments) => Expect.WithinAsync(
        cli.RunAsync([.. arguments, "--url", server.Host.BaseAddress.ToString(), "--key", "any-key"]), "the tool ends");
}

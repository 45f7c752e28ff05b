using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Testing.Tests.Quirks;

/// <summary>Quirks of function calls: on the wire, and in a client that survives them.</summary>
public sealed class ToolQuirkTests : IAsyncLifetime
{
    private LiveTestServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<LiveSessionResponse> Sent => _server.Journal.Entries.Select(static entry => entry.Response).OfType<LiveSessionResponse>();

    private IEnumerable<FunctionCall> Calls => Sent.SelectMany(static message => message.ToolCall?.FunctionCalls ?? []);

    public async ValueTask InitializeAsync() => _server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("audio-after-tool-call")]
    [InlineData("vertex-forms")]
    [InlineData("close-in-tool-call")]
    [InlineData("close-after-tool-response")]
    [InlineData("calls-block-input")]
    public async Task Exchange_with_a_function_survives(string quirk)
    {
        _server.Quirks.Enable(Quirk.Parse(quirk));
        _server.When("lamp").Calls("set_lamp", new { room = "kitchen" }).Says("Done.");
        await using var session = await ConnectAsync(Conversing.BlockingModel, static () => "on");

        var asking = session.AskAsync("lamp", Cancellation);
        await _server.QuietAsync(Cancellation);
        await _server.AdvanceAsync(TimeSpan.FromSeconds(5), Cancellation);

        Assert.Equal("Done.", (await Expect.WithinAsync(asking, "the answer", Cancellation)).Text);
        switch (quirk)
        {
            case "audio-after-tool-call":
                var kinds = Sent.SkipWhile(static message => message.ToolCall is null).Take(2).ToList();
                Assert.NotNull(kinds[1].ServerContent?.ModelTurn?.Parts?[0].InlineData);
                Assert.DoesNotContain(Sent.TakeWhile(static message => message.ToolCall is null), static message => message.ServerContent is { GenerationComplete: true } or { TurnComplete: true });
                break;
            case "vertex-forms":
                Assert.Equal((null, "set_lamp"), (Calls.Single().Id, _server.Journal.ToolResponses.Single().Name));
                break;
            case "calls-block-input":
                Assert.Single(Calls);
                break;
            default:
                var close = _server.Journal.Entries.First(static entry => entry.CloseCode is not null);
                Assert.Equal(quirk == "close-in-tool-call" ? 1008 : 1011, close.CloseCode);
                Assert.Equal(2, _server.Journal.Connections);
                Assert.NotNull(_server.Journal.Setup.SessionResumption?.Handle);
                break;
        }
    }

    [Fact]
    public async Task Call_that_is_made_again_during_audio_is_answered_once()
    {
        _server.Quirks.Enable(Quirk.DuplicateCalls);
        _server.When("lamp").Calls("set_lamp").Says("Done.");
        var results = new Queue<TaskCompletionSource<string>>([new(), new()]);
        var (first, second) = (results.First(), results.Last());
        await using var session = await ConnectAsync(Conversing.BlockingModel, () => results.Dequeue().Task);
        var asking = session.AskAsync("lamp", Cancellation);
        await _server.QuietAsync(Cancellation);

        await session.SendAudioAsync(new byte[640], cancellationToken: Cancellation);
        await session.SendAudioAsync(new byte[640], cancellationToken: Cancellation);
        await _server.QuietAsync(Cancellation);
        first.SetResult("too late");
        await _server.QuietAsync(Cancellation);
        second.SetResult("on");

        Assert.Equal("Done.", (await Expect.WithinAsync(asking, "the answer", Cancellation)).Text);
        Assert.Equal(["call-1-1", "call-1-1-2"], Calls.Select(static call => call.Id));
        Assert.Equal(["call-1-1"], Sent.SelectMany(static message => message.ToolCallCancellation?.Ids ?? []));
        var response = _server.Journal.ToolResponses.Single();
        Assert.Equal(("call-1-1-2", "on"), (response.Id, response.Response?.GetProperty("result").GetString()));
        _server.Verify();
    }

    [Fact]
    public async Task Parallel_calls_in_messages_of_their_own_are_all_answered()
    {
        _server.Quirks.Enable(Quirk.SeparateParallelCalls);
        _server.When("lamp").Calls(new ScriptedCall("set_lamp"), new ScriptedCall("set_lamp"), new ScriptedCall("set_lamp")).Says("Done.");
        await using var session = await ConnectAsync(Conversing.BlockingModel, static () => "on");

        Assert.Equal("Done.", (await session.AskAsync("lamp", Cancellation)).Text);

        Assert.Equal([1, 1, 1], Sent.Select(static message => message.ToolCall?.FunctionCalls?.Count).OfType<int>());
        Assert.Equal(3, _server.Journal.ToolResponses.Select(static response => response.Id).Distinct().Count());
    }

    [Fact]
    public async Task Input_during_a_call_is_heard_after_its_response()
    {
        _server.Quirks.Enable(Quirk.CallsBlockInput);
        _server.When("lamp").Calls("set_lamp").Says("Done.");
        _server.When("hello").Says("Hi.");
        var result = new TaskCompletionSource<string>();
        await using var call = await Conversing.StartAsync(_server, Setup(Conversing.Model, () => result.Task));
        await call.Session.SendTextAsync("lamp", Cancellation);
        await _server.QuietAsync(Cancellation);

        await call.Session.SendTextAsync("hello", Cancellation);
        await _server.QuietAsync(Cancellation);
        Assert.Empty(call.Said);
        result.SetResult("on");
        await call.FirstAsync<OutputTranscriptUpdate>(static update => update.Text == "Hi.");

        Assert.Contains("Done.", call.Said, StringComparison.Ordinal);
        _server.Verify();
    }

    [Fact]
    public async Task Call_is_repeated_until_its_response_is_not_empty()
    {
        _server.Quirks.Enable(Quirk.RepeatedCalls);
        _server.When("lamp").Calls("set_lamp", new { room = "kitchen" }).Says("Done.");
        var calls = 0;
        await using var session = await ConnectAsync(Conversing.BlockingModel, () => ++calls < 3 ? "" : "on");

        Assert.Equal("Done.", (await session.AskAsync("lamp", Cancellation)).Text);

        Assert.Equal(["call-1-1", "call-1-1-2", "call-1-1-3"], Calls.Select(static call => call.Id));
        Assert.Equal("""{"room":"kitchen","attempt":3}""", Calls.Last().Args?.GetRawText());
        _server.Verify();
    }

    [Fact]
    public async Task Call_whose_responses_stay_empty_is_repeated_five_times_at_most()
    {
        _server.Quirks.Enable(Quirk.RepeatedCalls);
        _server.When("lamp").Calls("set_lamp").Says("I give up.");
        await using var session = await ConnectAsync(Conversing.BlockingModel, static () => "");

        Assert.Equal("I give up.", (await session.AskAsync("lamp", Cancellation)).Text);

        Assert.InRange(Calls.Count(), 3, 6);
    }

    [Fact]
    public async Task New_input_cancels_a_blocking_call_and_its_response_is_not_sent()
    {
        _server.Quirks.Enable(Quirk.InputCancelsCalls);
        // Nothing has answered the lamp yet, so that it belongs to the next turn, too.
        _server.When("never mind").Says("All right.");
        _server.When("lamp").Calls("set_lamp").Says("Done.");
        var result = new TaskCompletionSource<string>();
        var setup = Setup(Conversing.BlockingModel, () => result.Task) with { RealtimeInput = new RealtimeInputConfig { ActivityHandling = ActivityHandling.NoInterruption } };
        await using var call = await Conversing.StartAsync(_server, setup);
        await call.Session.SendTextAsync("lamp", Cancellation);
        await _server.QuietAsync(Cancellation);

        await call.Session.SendTextAsync("never mind", Cancellation);
        await call.TurnsAsync(2);
        Assert.Equal("All right.", call.Said);
        result.SetResult("on");
        await _server.QuietAsync(Cancellation);

        Assert.Equal(["call-1-1"], Sent.SelectMany(static message => message.ToolCallCancellation?.Ids ?? []));
        Assert.Empty(_server.Journal.ToolResponses);
        Assert.Empty(_server.Journal.ClientCloses);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Urgent_result_talks_over_the_user(bool talksOver)
    {
        if (talksOver)
            _server.Quirks.Enable(Quirk.InterruptTalksOverUser);
        _server.When("lamp").Calls("set_lamp").Says("Done.");
        var result = new TaskCompletionSource<string>();
        var manual = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } };
        var tool = LiveTool.Function(AIFunctionFactory.Create(() => result.Task, "set_lamp"), Behavior.NonBlocking, Scheduling.Interrupt);
        await using var call = await Conversing.StartAsync(_server, new LiveSetup { Model = Conversing.Model, OutputTranscription = true, RealtimeInput = manual, Tools = [tool] });
        await call.Session.SendTextAsync("lamp", Cancellation);
        await call.TurnsAsync(1);

        await call.Session.SendActivityStartAsync(Cancellation);
        result.SetResult("on");
        await _server.QuietAsync(Cancellation);

        Assert.Single(_server.Journal.ToolResponses);
        Assert.Equal(talksOver ? "Done." : "", call.Said);
    }

    [Fact]
    public async Task Functions_do_not_block_though_the_model_would()
    {
        _server.Quirks.Enable(Quirk.NonBlockingCalls);
        _server.When("lamp").Calls("set_lamp").Says("Done.");
        await using var session = await ConnectAsync("gemini-2.5-flash-native-audio-preview-12-2025", static () => "on");

        var answer = await session.AskAsync("lamp", Cancellation);

        Assert.Equal(("Done.", 2), (answer.Text, answer.Turns));
    }

    private static LiveSetup Setup(string model, Delegate function) =>
        new() { Model = model, OutputTranscription = true, Tools = [AIFunctionFactory.Create(function, "set_lamp")] };

    private Task<LiveSession> ConnectAsync(string model, Delegate function) => _server.CreateClient().ConnectAsync(Setup(model, function), Cancellation);
}

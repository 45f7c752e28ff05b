using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Tests.Events;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Calls;

/// <summary>The server takes part in a session that a local model answers.</summary>
public sealed class CallTests
{
    private readonly EchoModel _model = new() { CompletesTurns = true };
    private readonly EventLog<LiveCall> _calls = new();
    private readonly EventRecorder _events = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Functions_and_instructions_are_added_to_the_setup()
    {
        await using var host = await StartAsync(static call =>
        {
            call.AddTool(AIFunctionFactory.Create(static (string id) => "shipped", "look_up_order", "Looks an order up."));
            call.Instruction("The customer's name is Ada.");
        });
        await using var client = await host.OpenAsync(
            """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","systemInstruction":{"parts":[{"text":"Be brief."}]},"tools":[{"functionDeclarations":[{"name":"open_page"},{"name":"look_up_order"}]}]}}""");

        var setup = (await _model.FirstSessionAsync()).Start.Setup;

        Assert.Equal(["Be brief.", "The customer's name is Ada."], setup.SystemInstruction!.Parts!.Select(static part => part.Text));
        var functions = setup.Tools!.SelectMany(static tool => tool.FunctionDeclarations ?? []).ToList();
        Assert.Equal(["open_page", "look_up_order"], functions.Select(static function => function.Name));
        Assert.Equal("Looks an order up.", functions[1].Description);
        Assert.Contains("\"id\"", functions[1].ParametersJsonSchema!.Value.GetRawText(), StringComparison.Ordinal);
        var call = Assert.Single(_calls.Snapshot);
        Assert.Equal("Be brief.", call.Setup.SystemInstruction!.Parts![0].Text);
        Assert.Single(call.Setup.SystemInstruction.Parts);
    }

    [Fact]
    public async Task Call_of_a_server_function_is_answered_here_and_the_client_sees_only_its_own()
    {
        await using var host = await StartAsync(static call => call.AddTool(AIFunctionFactory.Create(static (string id) => $"order {id} is on its way", "look_up_order")));
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        session.Output.Send(Calls(("s1", "look_up_order", """{"id":"A7"}"""), ("c1", "open_page", "{}")));

        var shown = await client.ReceiveUntilAsync(static frame => frame.Has("toolCall"));
        Assert.Equal("c1", Assert.Single(shown.At("toolCall", "functionCalls")!.Value.EnumerateArray()).GetProperty("id").GetString());
        var answer = await AnswerAsync(session, "s1");
        Assert.Equal(("look_up_order", """{"result":"order A7 is on its way"}"""), (answer.Name, answer.Response!.Value.GetRawText()));
        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"c1","name":"open_page","response":{}}]}}""");
        await AnswerAsync(session, "c1");
        // The same call again, and a call alone: the client gets nothing.
        session.Output.Send(Calls(("s1", "look_up_order", """{"id":"A7"}""")));
        session.Output.Send(Calls(("s2", "look_up_order", """{"id":"B8"}""")));
        await AnswerAsync(session, "s2");
        await client.EchoAsync("done");
        Assert.Equal(["c1", "s1", "s2"], Answers(session).Select(static response => response.Id).Order());
        Assert.Single(client.Received, static frame => frame.Has("toolCall"));
        Assert.Equal(["c1", "s1", "s2"], _events.Events.Snapshot.OfType<LiveToolAnswered>().Select(static e => e.CallId).Order());
    }

    [Fact]
    public async Task Call_without_an_id_is_answered_by_its_name()
    {
        string? seen = null;
        await using var host = await StartAsync(call => call.AddTool(AIFunctionFactory.Create(
            (AIFunctionArguments arguments) =>
            {
                seen = ((FunctionCall)arguments.Context![typeof(FunctionCall)]!).Id;
                return "found";
            },
            "look_up_order")));
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        session.Output.Send(new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = [new FunctionCall { Name = "look_up_order" }] } });

        await session.Heard.FirstAsync(static heard => heard is LiveSessionRequest { ToolResponse: not null }, "the call is answered");
        var answer = Assert.Single(Answers(session));
        Assert.Equal((null, "look_up_order", """{"result":"found"}"""), (answer.Id, answer.Name, answer.Response?.GetRawText()));
        Assert.False(string.IsNullOrEmpty(seen));
    }

    [Fact]
    public async Task Failing_and_slow_functions_are_errors_for_the_model()
    {
        var never = new TaskCompletionSource();
        await using var host = await StartAsync(call =>
        {
            call.AddTool(AIFunctionFactory.Create(static string () => throw new InvalidOperationException("no database"), "fails"));
            call.AddTool(AIFunctionFactory.Create(() => never.Task, "hangs"));
        });
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        session.Output.Send(Calls(("s1", "fails", "{}")));
        Assert.Equal("""{"error":"no database"}""", (await AnswerAsync(session, "s1")).Response!.Value.GetRawText());
        session.Output.Send(Calls(("s2", "hangs", "{}")));
        await _clock.TimerAsync(static timer => timer.Delay == new LiveCallOptions().ToolTimeout && timer.Period is null, "the function has its time limit");
        _clock.Advance(new LiveCallOptions().ToolTimeout);
        Assert.Equal("""{"error":"The function returned no result within 30 s."}""", (await AnswerAsync(session, "s2")).Response!.Value.GetRawText());
        never.SetResult();
    }

    [Fact]
    public async Task Cancelled_call_is_cancelled_here_and_not_shown()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(call => call.AddTool(AIFunctionFactory.Create(
            async (CancellationToken token) =>
            {
                await using var registration = token.Register(() => cancelled.TrySetResult());
                await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            },
            "waits")));
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.Send(Calls(("s1", "waits", "{}"), ("c1", "open_page", "{}")));
        await client.ReceiveUntilAsync(static frame => frame.Has("toolCall"));

        session.Output.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = ["s1", "c1"] } });

        await Expect.WithinAsync(cancelled.Task, "the function is cancelled");
        Assert.Equal("c1", Assert.Single((await client.ReceiveUntilAsync(static frame => frame.Has("toolCallCancellation"))).At("toolCallCancellation", "ids")!.Value.EnumerateArray()).GetString());
        session.Output.Send(Calls(("s2", "waits", "{}")));
        session.Output.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = ["s2"] } });
        await client.EchoAsync("done");
        Assert.Empty(Answers(session));
        Assert.Single(client.Received, static frame => frame.Has("toolCallCancellation"));
    }

    [Fact]
    public async Task Client_cannot_answer_for_the_server()
    {
        var result = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(call => call.AddTool(AIFunctionFactory.Create(() => result.Task, "balance")));
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.Send(Calls(("s1", "balance", "{}")));
        await client.EchoAsync("a moment");

        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"s1","name":"balance","response":{"result":"a million"}}]}}""");
        await client.EchoAsync("done");
        result.SetResult("12 euros");

        Assert.Equal("""{"result":"12 euros"}""", (await AnswerAsync(session, "s1")).Response!.Value.GetRawText());
        Assert.Single(Answers(session));
        Assert.Contains(host.Logs.Entries, static entry => entry.Message.Contains("answered 1 calls of functions that the server runs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Transcripts_reach_the_server_piece_by_piece()
    {
        var texts = new EventLog<LiveCallText>();
        await using var host = await StartAsync(call => call.OnTranscript(texts.Add));
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.Send(Heard("Where is"));
        session.Output.Send(Heard(" my order?"));
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "It "));
        session.Output.SendMedia(new LiveMedia(1, 2, new byte[480], "left."));
        session.Output.Send(TurnComplete);
        await client.EchoAsync("thanks");

        await texts.FirstAsync(static text => text is { IsUser: false, Text: "thanks" }, "the echo is read");

        Assert.Equal(
            [("Where is", true, true), ("Where is my order?", true, true), ("It ", false, true), ("It left.", false, true), ("thanks", true, false), ("thanks", false, false)],
            texts.Snapshot.Select(static text => (text.Text, text.IsUser, text.IsSpoken)));
    }

    [Fact]
    public async Task Answer_is_cut_and_the_next_one_is_heard()
    {
        await using var host = await StartAsync(static call => call.OnTranscript(text =>
        {
            if (text.Text.Contains("secret", StringComparison.Ordinal))
                call.Cut();
        }));
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "The secret"));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "interrupted") is not null, "the answer is cut");

        session.Output.SendMedia(new LiveMedia(1, 2, new byte[480], " word is"));
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { OutputTranscription = new Transcription { Text = "swordfish" }, GenerationComplete = true } });
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");
        await client.EchoAsync("next");

        // The model hears of all of it as sent, and goes on.
        await session.Sent.FirstAsync(static media => media.Sequence == 2, "the second chunk counts as sent");
        Assert.DoesNotContain(client.Received, static frame => frame.Json.GetRawText().Contains("word is", StringComparison.Ordinal) || frame.Json.GetRawText().Contains("swordfish", StringComparison.Ordinal));
        Assert.Contains(client.Received, static frame => frame.At("serverContent", "generationComplete") is not null);
        Assert.False(_calls.Snapshot[0].Cut());
    }

    [Fact]
    public async Task Text_waits_until_the_model_is_idle_and_now_does_not()
    {
        await using var host = await StartAsync(static _ => { });
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        var call = _calls.Snapshot[0];
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "Well"));
        var later = call.SendTextAsync("after the answer");
        Assert.True(await call.SendTextAsync("at once", now: true));
        Assert.False(later.IsCompleted);

        session.Output.Send(TurnComplete);

        Assert.True(await Expect.WithinAsync(later.AsTask(), "the text is sent"));
        Assert.Equal(["at once", "after the answer"], session.Heard.Snapshot.OfType<LiveSessionRequest>().Select(static message => message.RealtimeInput?.Text));
    }

    [Fact]
    public async Task Changed_context_of_the_client_keeps_what_the_server_added()
    {
        await using var host = await StartAsync(static call =>
        {
            call.AddTool(AIFunctionFactory.Create(static () => "x", "look_up_order"));
            call.Instruction("Stay polite.");
        });
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SendJsonAsync("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Be rude."}]},"tools":{"tools":[]}}}""");
        await client.EchoAsync("done");
        Assert.True(await _calls.Snapshot[0].UpdateInstructionAsync("Be quick."));

        var updates = session.Heard.Snapshot.OfType<LiveSessionRequest>().Select(static message => message.ContextUpdate).OfType<ContextUpdate>().ToList();
        Assert.Equal(["Be rude.", "Stay polite."], updates[0].SystemInstruction!.Parts!.Select(static part => part.Text));
        Assert.Equal("look_up_order", updates[0].Tools!.Tools!.Single().FunctionDeclarations!.Single().Name);
        Assert.Equal(["Be quick.", "Stay polite."], updates[1].SystemInstruction!.Parts!.Select(static part => part.Text));
        Assert.Null(updates[1].Tools);
    }

    [Fact]
    public async Task Server_ends_the_session()
    {
        await using var host = await StartAsync(static _ => { });
        await using var client = await host.OpenAsync();

        _calls.Snapshot[0].End(4_001, "Office hours are over.");

        var close = await client.ExpectCloseAsync();
        Assert.Equal((4_001, "Office hours are over."), (close.Code, close.Reason));
        await _events.FirstAsync<LiveSessionEnded>(static e => e is { Code: 4_001, Cause: "server" });
        Assert.True(_calls.Snapshot[0].Ended.IsCancellationRequested);
        Assert.False(await _calls.Snapshot[0].SendTextAsync("too late"));
        Assert.Throws<ArgumentOutOfRangeException>(() => _calls.Snapshot[0].End(1_005));
    }

    [Fact]
    public async Task Handler_that_fails_or_takes_too_long_refuses_the_session()
    {
        var step = 0;
        await using var host = await StartAsync(async (_, cancellationToken) =>
        {
            if (++step == 1)
                throw new InvalidOperationException("no CRM");
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken);
        });
        host.Logs.AllowErrors(static entry => entry.Message.StartsWith("OnCall failed", StringComparison.Ordinal));
        await using var first = await host.ConnectAsync();
        await first.SendJsonAsync(LiveTestHost.Setup);
        Assert.Equal(1011, (await first.ExpectCloseAsync()).Code);
        await using var second = await host.ConnectAsync();
        await second.SendJsonAsync(LiveTestHost.Setup);
        await _clock.TimerAsync(static timer => timer.Delay == new LiveCallOptions().StartTimeout && timer.Period is null, "the handler has its time limit");
        _clock.Advance(new LiveCallOptions().StartTimeout);
        Assert.Equal(1011, (await second.ExpectCloseAsync()).Code);
        Assert.Empty(_model.Sessions.Snapshot);
        Assert.Throws<InvalidOperationException>(() => _calls.Snapshot[0].Instruction("late"));
    }

    [Fact]
    public async Task Handler_of_the_services_takes_part_too()
    {
        var handler = new Greeter();
        await using var host = await LiveTestHost.StartAsync(_model, services: services => services.AddSingleton<ILiveCallHandler>(handler));
        await using var client = await host.OpenAsync();

        Assert.Equal("Greet first.", (await _model.FirstSessionAsync()).Start.Setup.SystemInstruction!.Parts![0].Text);
    }

    private static LiveSessionResponse TurnComplete => new() { ServerContent = new ServerContent { TurnComplete = true } };

    private static LiveSessionResponse Heard(string text) => new() { ServerContent = new ServerContent { InputTranscription = new Transcription { Text = text } } };

    private static LiveSessionResponse Calls(params (string Id, string Name, string Arguments)[] calls) => new()
    {
        ToolCall = new ToolCall { FunctionCalls = [.. calls.Select(static call => new FunctionCall { Id = call.Id, Name = call.Name, Args = System.Text.Json.JsonElement.Parse(call.Arguments) })] },
    };

    private static IEnumerable<FunctionResponse> Answers(EchoSession session) =>
        session.Heard.Snapshot.OfType<LiveSessionRequest>().SelectMany(static message => message.ToolResponse?.FunctionResponses ?? []);

    private static async Task<FunctionResponse> AnswerAsync(EchoSession session, string id)
    {
        await session.Heard.FirstAsync(heard => heard is LiveSessionRequest message && message.ToolResponse?.FunctionResponses?.Any(response => response.Id == id) is true, $"call {id} is answered");
        return Answers(session).Single(response => response.Id == id);
    }

    private Task<InMemoryHost> StartAsync(Action<LiveCall> handle) => StartAsync((call, _) =>
    {
        handle(call);
        return default;
    });

    private Task<InMemoryHost> StartAsync(Func<LiveCall, CancellationToken, ValueTask> handle) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Services.AddLiveApi(options =>
            {
                options.ApiKeys.Add(LiveTestHost.Key);
                options.Connections.KeepAliveInterval = TimeSpan.Zero;
                options.Connections.CloseTimeout = TimeSpan.FromDays(1);
            }).UseDefaultModel(_ => _model);
            builder.Services.AddSingleton<ILiveSessionEvents>(_events);
        },
        app => app.MapLiveApi().OnCall(async (call, cancellationToken) =>
        {
            _calls.Add(call);
            await handle(call, cancellationToken);
        }),
        _clock);

    private sealed class Greeter : ILiveCallHandler
    {
        public ValueTask OnCallAsync(LiveCall call, CancellationToken cancellationToken)
        {
            call.Instruction("Greet first.");
            return default;
        }
    }
}

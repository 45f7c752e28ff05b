using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Events;

/// <summary>The events of a session that a local model answers.</summary>
public sealed class SessionEventTests
{
    private readonly EventRecorder _recorder = new();
    private readonly EchoModel _model = new() { CompletesTurns = true, Receiving = static (session, _) => session.Output.Checkpoint("state") };

    [Fact]
    public async Task Session_reports_its_start_its_turns_and_its_end_in_order()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        await client.EchoAsync("hello");
        await client.EchoAsync("again");
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        var ended = await _recorder.FirstAsync<LiveSessionEnded>();

        Assert.Equal(
            [
                "session.started", "transcript.final", "turn.started", "transcript.final", "turn.ended", "transcript.final", "turn.started", "transcript.final", "turn.ended", "session.ended",
            ],
            _recorder.Types);
        Assert.Equal((1000, "client", false), (ended.Code, ended.Cause, ended.MayResume));
        var events = _recorder.Events.Snapshot;
        Assert.Equal(Enumerable.Range(1, events.Count).Select(static i => (long)i), events.Select(static e => e.Sequence));
        Assert.Equal(events.Count, events.Select(static e => e.Id).Distinct().Count());
        var session = Assert.Single(events.Select(static e => e.Session).Distinct());
        Assert.Equal(("models/gemini-2.5-flash-native-audio-preview-12-2025", false), (session.Model, session.IsRelayed));
        Assert.StartsWith("configured-", session.Caller.KeyId, StringComparison.Ordinal);
        var turns = events.OfType<LiveTurnEnded>().ToList();
        Assert.Equal([(1, "completed"), (2, "completed")], turns.Select(static turn => (turn.Turn, turn.Outcome)));
        Assert.Equal(
            [("user", "hello", 1), ("model", "hello", 1), ("user", "again", 2), ("model", "again", 2)],
            events.OfType<LiveTranscriptFinal>().Select(static t => (t.Speaker, t.Text, t.Turn)));
    }

    [Fact]
    public async Task Transcripts_of_speech_are_whole_and_an_interruption_is_reported()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { InputTranscription = new Transcription { Text = " What is" } } });
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { InputTranscription = new Transcription { Text = " this?" } } });
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "It is "));
        session.Output.SendMedia(new LiveMedia(1, 2, new byte[480], "a test"));
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { TurnComplete = true } });

        var ended = await _recorder.FirstAsync<LiveTurnEnded>();

        Assert.Equal("interrupted", ended.Outcome);
        Assert.Equal(["session.started", "transcript.final", "turn.started", "transcript.final", "turn.interrupted", "turn.ended"], _recorder.Types);
        Assert.Equal(
            [("user", "What is this?", true, false), ("model", "It is a test", true, true)],
            _recorder.Events.Snapshot.OfType<LiveTranscriptFinal>().Select(static t => (t.Speaker, t.Text, t.IsSpoken, t.IsInterrupted)));
    }

    [Fact]
    public async Task Speech_that_was_never_sent_is_not_in_the_transcript()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "heard"));
        await session.Sent.FirstAsync(static _ => true, "the first chunk is sent");
        session.Output.CancelMedia(1);
        session.Output.SendMedia(new LiveMedia(1, 2, new byte[480], "unheard"));
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });

        Assert.Equal("heard", (await _recorder.FirstAsync<LiveTranscriptFinal>()).Text);
    }

    [Fact]
    public async Task Function_calls_have_arguments_response_and_one_end()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.Send(new LiveSessionResponse
        {
            ToolCall = new ToolCall { FunctionCalls = [Call("c1", """{"city":"Rome"}"""), Call("c2", "{}")] },
        });
        await client.ReceiveUntilAsync(static frame => frame.Has("toolCall"));
        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"c1","name":"f","response":{"ok":true}},{"id":"unknown","name":"f","response":{}}]}}""");
        session.Output.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = ["c2"] } });
        await _recorder.FirstAsync<LiveToolAnswered>(static e => e.CallId == "c2");
        await _recorder.FirstAsync<LiveToolAnswered>(static e => e.CallId == "c1");

        var called = _recorder.Events.Snapshot.OfType<LiveToolCalled>().First();
        Assert.Equal(("c1", "f", """{"city":"Rome"}"""), (called.CallId, called.Name, called.Arguments?.GetRawText()));
        var answers = _recorder.Events.Snapshot.OfType<LiveToolAnswered>().OrderBy(static e => e.CallId).ToList();
        Assert.Equal([("c1", "answered", """{"ok":true}"""), ("c2", "cancelled", null)], answers.Select(static e => (e.CallId, e.Outcome, e.Response?.GetRawText())));
    }

    [Fact]
    public async Task Usage_is_reported_once_with_its_cost()
    {
        await using var host = await StartAsync(static live =>
            live.Prices.Models["gemini-*"] = new LiveModelPrice { InputTokens = 2, OutputTokens = 10 });
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();
        session.Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 1_000, ResponseTokenCount = 100 } });
        await client.ReceiveUntilAsync(static frame => frame.Has("usageMetadata"));
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        var ended = await _recorder.FirstAsync<LiveSessionEnded>();

        var usage = Assert.Single(_recorder.Events.Snapshot.OfType<LiveUsageReported>());
        Assert.Equal((1_000, 0.003m, "USD"), (usage.Usage.PromptTokenCount, usage.Cost, usage.Currency));
        Assert.Equal((1_000, 100, 0.003m), (ended.PromptTokens, ended.ResponseTokens, ended.Cost));
    }

    [Fact]
    public async Task Resumed_session_keeps_its_id_and_a_replaced_connection_moves()
    {
        await using var host = await StartAsync();
        await using var first = await host.OpenAsync(LiveTestHost.ResumableSetup);
        await first.SayAsync("hello");
        var handle = (await first.ReceiveUntilAsync(static frame => frame.NewHandle() is { Length: > 0 }, "a handle")).NewHandle()!;

        await using var second = await host.OpenAsync(LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal));
        await first.ExpectCloseAsync(skipMessages: true);
        var resumed = await _recorder.FirstAsync<LiveSessionResumed>();
        var moved = await _recorder.FirstAsync<LiveSessionMoved>();
        await second.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        var ended = await _recorder.FirstAsync<LiveSessionEnded>();

        Assert.Equal(resumed.Session.Id, moved.Session.Id);
        Assert.NotEqual(resumed.Session.ConnectionId, moved.Session.ConnectionId);
        Assert.Equal((resumed.Session.ConnectionId, true), (ended.Session.ConnectionId, ended.MayResume));
        Assert.Single(_recorder.Events.Snapshot.OfType<LiveSessionStarted>());
    }

    [Fact]
    public async Task Limit_that_ends_a_session_is_reported_before_its_end()
    {
        await using var host = await StartAsync(static live => live.Messages.MaxTextBytes = 1_024);
        await using var client = await host.OpenAsync();
        await client.SayAsync(new string('x', 2_000));
        await client.ExpectCloseAsync();

        var ended = await _recorder.FirstAsync<LiveSessionEnded>();

        Assert.Equal("message_size", Assert.Single(_recorder.Events.Snapshot.OfType<LiveLimitReached>()).Limit);
        Assert.Equal((1009, "server"), (ended.Code, ended.Cause));
        Assert.True(_recorder.Types.ToList().IndexOf("limit.reached") < _recorder.Types.ToList().IndexOf("session.ended"));
    }

    [Fact]
    public async Task Long_texts_are_cut()
    {
        await using var host = await StartAsync(static live => live.Events.MaxTextLength = 100);
        await using var client = await host.OpenAsync();
        await client.EchoAsync(new string('x', 1_000));

        Assert.Equal(100, (await _recorder.FirstAsync<LiveTranscriptFinal>(static t => t.Speaker == "model")).Text.Length);
    }

    [Fact]
    public async Task Session_that_never_started_has_no_events()
    {
        await using var host = await StartAsync();
        await using var refused = await host.ConnectAsync();
        await refused.SendJsonAsync("""{"setup":{"model":"models/unknown"}}""");
        await refused.ExpectCloseAsync();
        await using var client = await host.OpenAsync();

        await _recorder.FirstAsync<LiveSessionStarted>();

        Assert.Single(_recorder.Events.Snapshot);
    }

    private static FunctionCall Call(string id, string arguments) => new() { Id = id, Name = "f", Args = System.Text.Json.JsonElement.Parse(arguments) };

    private Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure = null) =>
        LiveTestHost.StartAsync(_model, configure, services: services => services.AddSingleton<ILiveSessionEvents>(_recorder));
}

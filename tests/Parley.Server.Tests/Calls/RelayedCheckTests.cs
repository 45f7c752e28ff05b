using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Events;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Calls;

/// <summary>Checks of texts in relayed sessions.</summary>
public sealed class RelayedCheckTests
{
    private const string AudioSetup = """{"setup":{"model":"models/m","inputAudioTranscription":{},"outputAudioTranscription":{}}}""";
    private const string Audio = """{"serverContent":{"modelTurn":{"role":"model","parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}}""";
    private const string TurnComplete = """{"serverContent":{"turnComplete":true}}""";
    private const string Interrupted = """{"serverContent":{"interrupted":true}}""";
    private const string Voice = """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""";

    private static readonly TimeSpan Deadline = new LiveCallOptions().CheckDeadline;

    private readonly ScriptedCheck _check = new();
    private readonly EventRecorder _events = new();
    private readonly FrameRecorder _recorder = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Untouched_messages_pass_byte_for_byte_in_both_directions()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;
        string[] down =
        [
            Audio, "{ \"serverContent\" : {\"inputTranscription\":{\"text\":\"\\u0048i\"} } }", """{"serverContent":{"outputTranscription":{"text":"\u00e9", "new":1}}}""", Audio,
            """{"toolCall":{"functionCalls":[{"id":"c1","name":"f","args":{"x":1.50}}],"new":{}}}""", """{"toolCallCancellation":{"ids":["c1"]}}""",
            """{"serverContent":{"modelTurn":{"parts":[{"text":"\u00e9"}]},"turnComplete":true},"unknown":[1,2]}""", """{"usageMetadata":{"totalTokenCount":7}}""",
        ];
        string[] up =
        [
            Voice, """{"realtimeInput":{"text":"gr\u00fc\u00df dich ✓"}}""", """{"clientContent":{"turns":[{"parts":[{"text":"a"}],"new":2}],"turnComplete":true},"newThing":{"x":1}}""",
            """{"realtimeInput":{"activityStart":{}}}""", """{"toolResponse":{"functionResponses":[{"id":"c9","name":"f","response":{"y":1.50},"new":1}]}}""",
        ];
        foreach (var message in down)
            await connection.SendAsync(message);
        await _recorder.Frames.FirstAsync(frame => frame.Direction == LiveDirection.ToClient && frame.Text == down[^1], "the last message");
        foreach (var message in up)
        {
            await client.SendJsonAsync(message);
            await connection.TextAsync(text => text == message, "the message");
        }

        // Audio does not wait for the texts before it; all other messages have their order.
        Assert.Equal(down.Where(static text => text != Audio), ToClient().Where(static text => text != Audio));
        Assert.Equal(down.Order(StringComparer.Ordinal), ToClient().Order(StringComparer.Ordinal));
        Assert.Equal(up, connection.Received.Snapshot.Select(static frame => Encoding.UTF8.GetString(frame.Payload)).Skip(1));
    }

    [Theory]
    [InlineData("no json, and bad")]
    [InlineData("""["bad"]""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"text":"bad"}]}},"serverContent":5}""")]
    [InlineData("""{"serverContent":{"outputTranscription":{"text":"bad"},"groundingMetadata":5}}""")]
    public async Task Message_that_cannot_be_read_does_not_pass_unchecked(string message)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        await connection.SendAsync(message);
        await connection.SendAsync(TurnComplete);
        await _recorder.Frames.FirstAsync(static frame => frame.Direction == LiveDirection.ToClient && frame.Text == TurnComplete, "the next message");

        Assert.DoesNotContain(ToClient(), static text => text.Contains("bad", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replaced_texts_leave_all_other_members()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        await client.SendJsonAsync("""{"realtime_input":{"text":"my 4111","new":1.50},"other":["é"]}""");
        Assert.Equal("""{"realtime_input":{"text":"my ****","new":1.50},"other":["é"]}""", await connection.TextAsync(static text => text.Contains("realtime_input", StringComparison.Ordinal), "the text"));
        await client.SendJsonAsync("""{"clientContent":{"turns":{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"text":"4111","x":1}]},"turnComplete":true,"y":2}}""");
        Assert.Equal(
            """{"clientContent":{"turns":{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"text":"****","x":1}]},"turnComplete":true,"y":2}}""",
            await connection.TextAsync(static text => text.Contains("clientContent", StringComparison.Ordinal), "the content"));
        await connection.SendAsync("""{"serverContent":{"outputTranscription":{"text":"it is 4111","words":[{"word":"4111"}],"z":1.0},"w":{}},"usageMetadata":{"n":1}}""");
        await _recorder.Frames.FirstAsync(static frame => frame.Direction == LiveDirection.ToClient && frame.Text.Contains("it is", StringComparison.Ordinal), "the transcript");

        Assert.Equal("""{"serverContent":{"outputTranscription":{"text":"it is ****","z":1.0},"w":{}},"usageMetadata":{"n":1}}""", ToClient()[^1]);
        await _events.FirstAsync<LiveTranscriptFinal>(static said => said.Text.Contains("my ****", StringComparison.Ordinal));
        Assert.DoesNotContain(_events.Events.Snapshot.OfType<LiveTranscriptFinal>(), static said => said.Text.Contains("4111", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Blocked_text_does_not_reach_the_upstream_in_any_message()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        string[] blocked =
        [
            """{"realtimeInput":{"text":"bad"}}""", """{"realtimeInput":{"activityEnd":{},"text":"bad"}}""", """{"realtimeInput":{"\u0074ext":"bad"}}""",
            """{"clientContent":{"turns":[{"role":"model","parts":[{"text":"bad"}]}],"turnComplete":true}}""",
        ];
        foreach (var message in blocked)
        {
            await client.SendJsonAsync(message);
            await client.ReceiveUntilAsync(static frame => frame.SaidText() == "I can't help with that." && frame.At("serverContent", "turnComplete") is not null, "the answer of the server");
        }
        await client.SendJsonAsync("""{"clientContent":{"turns":[{"parts":[{"text":"bad"}]}]},"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""");
        Assert.Equal(1007, (await client.ExpectCloseAsync(skipMessages: true)).Code);

        Assert.DoesNotContain(connection.Received.Snapshot, static frame => Encoding.UTF8.GetString(frame.Payload).Contains("bad", StringComparison.Ordinal));
        Assert.Equal(4, _events.Events.Snapshot.OfType<LiveTurnEnded>().Count(static turn => turn.Outcome == "completed"));
    }

    [Fact]
    public async Task Refusal_waits_for_the_answer_of_the_model()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await client.SayAsync("good");
        await connection.TextAsync(static text => text.Contains("good", StringComparison.Ordinal), "the text");
        await client.SayAsync("bad");
        await _events.FirstAsync<LiveCheckActed>();

        await connection.SendAsync(Audio);
        await connection.SendAsync(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.SaidText() is not null, "the answer of the server");

        Assert.Equal([Audio, TurnComplete], ToClient().SkipLast(1));
    }

    [Fact]
    public async Task Text_waits_in_order_while_audio_passes_and_the_index_of_a_handle_excludes_what_waits()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream, """{"setup":{"model":"models/m","sessionResumption":{"transparent":true}}}""");
        await using var _ = client;

        await client.SendJsonAsync(Voice);
        await client.SayAsync("slow");
        await _check.AskedAsync("slow");
        await client.SendJsonAsync(Voice);
        await client.SayAsync("after");
        await client.SendJsonAsync("""{"realtimeInput":{"audioStreamEnd":true}}""");
        await connection.TextAsync(static text => text.Contains("audioStreamEnd", StringComparison.Ordinal), "the end of the stream");
        Assert.Equal("1", await IndexAsync(3, "h1"));
        _check.Decide("slow");
        await connection.TextAsync(static text => text.Contains("after", StringComparison.Ordinal), "the last text");
        Assert.Equal("5", await IndexAsync(5, "h2"));
        await client.SayAsync("bad");
        await client.SayAsync("last");
        await connection.TextAsync(static text => text.Contains("last", StringComparison.Ordinal), "the last text");
        Assert.Equal("7", await IndexAsync(6, "h3"));

        async Task<string> IndexAsync(int consumed, string handle)
        {
            var before = client.Received.Count;
            await connection.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"{{{handle}}}","resumable":true,"lastConsumedClientMessageIndex":"{{{consumed}}}"}}""");
            var update = await client.ReceiveUntilAsync(static frame => frame.Has("sessionResumptionUpdate"));
            return update.At("sessionResumptionUpdate", "lastConsumedClientMessageIndex")!.Value.ToString();
        }
    }

    [Fact]
    public async Task Activity_mark_after_a_waiting_text_keeps_its_place_among_audio()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await connection.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"f"}]}}""");
        await client.ReceiveUntilAsync(static frame => frame.Has("toolCall"));
        string[] sent = ["""{"realtimeInput":{"activityStart":{}}}""", """{"realtimeInput":{"text":"slow"}}""", """{"realtimeInput":{"activityEnd":{}}}""", Voice];
        foreach (var message in sent)
            await client.SendJsonAsync(message);
        await _check.AskedAsync("slow");
        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"c1","name":"f","response":{}}]}}""");
        await connection.TextAsync(static text => text.Contains("toolResponse", StringComparison.Ordinal), "a message that does not wait");
        Assert.Equal(3, connection.Received.Snapshot.Count);

        _check.Decide("slow");

        await connection.TextAsync(static text => text == Voice, "the audio");
        Assert.Equal(sent, connection.Received.Snapshot.Select(static frame => Encoding.UTF8.GetString(frame.Payload)).Skip(1).Where(static text => !text.Contains("toolResponse", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Audio_of_an_answer_passes_while_its_text_waits_and_a_blocked_text_cuts_it()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        await connection.SendAsync(Transcript("slow"));
        await connection.SendAsync(Audio);
        await client.ReceiveUntilAsync(static frame => frame.Has("serverContent"), "the audio");
        await connection.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"f"}]}}""");
        _check.Decide("slow", LiveVerdict.Block("policy"));
        await connection.TextAsync(static text => text.Contains("Blocked by the server.", StringComparison.Ordinal), "the call is refused");
        await connection.SendAsync(Audio);
        await connection.SendAsync("""{"serverContent":{"generationComplete":true},"usageMetadata":{"totalTokenCount":7}}""");
        await connection.SendAsync(TurnComplete);
        await connection.SendAsync(Audio);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "modelTurn") is not null, "the next answer");

        Assert.Equal([Audio, Interrupted, """{"serverContent":{"generationComplete":true},"usageMetadata":{"totalTokenCount":7}}""", TurnComplete, Audio], ToClient());
    }

    [Fact]
    public async Task Held_answer_waits_for_its_text_and_interruption_overtakes_it()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LiveCheckOptions { HoldsAnswers = true });
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        await connection.SendAsync(Audio);
        await connection.SendAsync(Transcript("slow 1"));
        await _check.AskedAsync("slow 1");
        Assert.Empty(ToClient());
        _check.Decide("slow 1");
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "outputTranscription") is not null, "the text");
        await connection.SendAsync(Audio);
        await connection.SendAsync(Transcript("slow 2"));
        await _check.AskedAsync("slow 2");
        await connection.SendAsync(Interrupted);
        await connection.SendAsync(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal([Audio, Transcript("slow 1"), Interrupted, TurnComplete], ToClient());
        await _check.Cancelled.FirstAsync(static piece => piece == "slow 2", "the check is cancelled");
        Assert.Equal("interrupted", (await _events.FirstAsync<LiveTurnEnded>()).Outcome);
    }

    [Theory]
    [InlineData(LiveCheckFailure.Block)]
    [InlineData(LiveCheckFailure.Allow)]
    public async Task Held_audio_without_a_text_waits_for_the_deadline(LiveCheckFailure onFailure)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LiveCheckOptions { HoldsAnswers = true, OnFailure = onFailure });
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        await connection.SendAsync(Audio);
        await _clock.TimerAsync(static timer => timer.Delay == Deadline && timer.Period is null, "the audio has a deadline");
        _clock.Advance(Deadline);
        await _events.FirstAsync<LiveCheckFailed>(static failed => failed.Cause == "no_text");
        await connection.SendAsync(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal(onFailure == LiveCheckFailure.Allow ? [Audio, TurnComplete] : ["""{"serverContent":{"outputTranscription":{"text":"I can't help with that."}}}""", TurnComplete], ToClient());
    }

    [Fact]
    public async Task Held_audio_after_the_last_text_passes_at_the_end_of_the_turn()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LiveCheckOptions { HoldsAnswers = true });
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        string[] sent = [Transcript("hello"), Audio, Audio, TurnComplete];
        foreach (var message in sent)
            await connection.SendAsync(message);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal(sent, ToClient());
    }

    [Fact]
    public async Task Held_answers_are_bounded_and_the_upstream_waits()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LiveCheckOptions { HoldsAnswers = true, OnFailure = LiveCheckFailure.Allow });
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        var sending = SendAllAsync();
        await _check.AskedAsync("slow");
        _check.Decide("slow");
        // Full of audio: its text cannot arrive before the deadline. The same advance may end the check of a text, which is allowed then.
        // Audio that arrives while the clock is on its way waits for the rest of its deadline only.
        await _clock.AdvanceUntilAsync(client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends"), static timer => timer.Delay <= Deadline);
        await Expect.WithinAsync(sending, "everything was sent");

        Assert.Equal(600, ToClient().Count(static text => text == Audio));

        async Task SendAllAsync()
        {
            await connection.SendAsync(Transcript("slow"));
            for (var i = 0; i < 600; i++)
                await connection.SendAsync(Audio);
            await connection.SendAsync(Transcript("end"));
            await connection.SendAsync(TurnComplete);
        }
    }

    [Fact]
    public async Task Blocked_speech_suppresses_the_answer_and_its_calls()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        await connection.SendAsync("""{"serverContent":{"inputTranscription":{"text":"bad"}}}""");
        await connection.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"f"}]}}""");
        await connection.TextAsync(static text => text.Contains("\"c1\"", StringComparison.Ordinal) && text.Contains("Blocked by the server.", StringComparison.Ordinal), "the call is refused");
        await connection.SendAsync(Audio);
        await connection.SendAsync(TurnComplete);
        await connection.SendAsync(Audio);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "modelTurn") is not null, "the next answer");

        Assert.Equal(["""{"serverContent":{"outputTranscription":{"text":"I can't help with that."}}}""", TurnComplete, Audio], ToClient());
        await _events.FirstAsync<LiveTurnStarted>(static turn => turn.Turn == 2);
        Assert.DoesNotContain(_events.Events.Snapshot, static e => e is LiveToolCalled or LiveTranscriptFinal { Speaker: "user" });
    }

    [Fact]
    public async Task Transcripts_that_only_the_checks_need_are_asked_for_and_not_shown()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        var setup = await connection.SetupAsync();
        Assert.Contains("\"inputAudioTranscription\":{}", setup, StringComparison.Ordinal);
        Assert.Contains("\"outputAudioTranscription\":{}", setup, StringComparison.Ordinal);

        await connection.SendAsync("""{"serverContent":{"inputTranscription":{"text":"hello"}}}""");
        await connection.SendAsync("""{"serverContent":{"interimInputTranscription":{"text":"hel"}}}""");
        await connection.SendAsync(Transcript("hi"));
        await connection.SendAsync(Audio);
        await connection.SendAsync(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal([Audio, TurnComplete], ToClient());
        Assert.Equal(["hello", "hi"], _check.Asked.Snapshot.Select(static text => text.Piece));
    }

    [Fact]
    public async Task Rotation_waits_for_what_is_held_and_the_close_of_the_upstream_comes_last()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LiveCheckOptions { HoldsAnswers = true });
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        await connection.SendAsync(Audio);
        await connection.SendAsync(Transcript("slow 1"));
        await connection.SendAsync(TurnComplete);
        await _check.AskedAsync("slow 1");
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        var next = upstream.NextAsync();
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-2","resumable":true}}""");
        await connection.SendAsync("""{"goAway":{"timeLeft":"50s"}}""");
        connection = await next;
        Assert.Contains("up-2", await connection.SetupAsync(), StringComparison.Ordinal);
        await connection.AcceptSetupAsync();
        Assert.Empty(ToClient());
        await connection.SendAsync(Audio);
        await connection.SendAsync(Transcript("slow 2"));
        await connection.CloseAsync(1007, "over");
        _check.Decide("slow 1");
        _check.Decide("slow 2");
        Assert.Equal((1007, "over"), await client.ExpectCloseAsync(skipMessages: true) is var close ? (close.Code, close.Reason) : default);

        Assert.Equal([Audio, Transcript("slow 1"), TurnComplete, Audio, Transcript("slow 2")], ToClient());
    }

    [Fact]
    public async Task Check_ends_the_session_of_an_answer()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream, AudioSetup);
        await using var _ = client;

        await connection.SendAsync(Transcript("please leave"));

        var close = await client.ExpectCloseAsync();
        Assert.Equal((4_002, "House rules"), (close.Code, close.Reason));
    }

    private static string Transcript(string text) => "{\"serverContent\":{\"outputTranscription\":{\"text\":\"" + text + "\"}}}";

    private List<string> ToClient() => [.. _recorder.Of(LiveDirection.ToClient).Select(static frame => frame.Text).Skip(1)];

    private Task<InMemoryHost> StartAsync(RawUpstream upstream, LiveCheckOptions? options = null) => Gateway.StartAsync(
        upstream.Host, _recorder, time: _clock,
        services: services => services.AddSingleton<ILiveSessionEvents>(_events).AddSingleton<ILiveCallHandler>(new Handler(call => call.AddCheck(_check.RunAsync, options))),
        live: static live => live.Connections.KeepAliveInterval = TimeSpan.Zero);

    private sealed class Handler(Action<LiveCall> handle) : ILiveCallHandler
    {
        public ValueTask OnCallAsync(LiveCall call, CancellationToken cancellationToken)
        {
            handle(call);
            return default;
        }
    }
}

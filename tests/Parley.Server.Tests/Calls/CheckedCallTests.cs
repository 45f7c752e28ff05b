using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Tests.Events;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Calls;

/// <summary>Checks of texts in sessions that a local model answers.</summary>
public sealed class CheckedCallTests
{
    private const string AudioSetup = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","inputAudioTranscription":{},"outputAudioTranscription":{}}}""";

    private static readonly TimeSpan Deadline = new LiveCallOptions().CheckDeadline;

    private readonly EchoModel _model = new() { CompletesTurns = true };
    private readonly ScriptedCheck _check = new();
    private readonly EventLog<LiveCallText> _texts = new();
    private readonly EventRecorder _events = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Typed_text_that_is_blocked_does_not_reach_the_model_and_the_client_gets_a_turn_of_the_server()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SayAsync("a bad thing");
        var answer = await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the answer of the server");
        await client.EchoAsync("good");

        Assert.Equal("I can't help with that.", answer.SaidText());
        Assert.Equal("PROHIBITED_INPUT_CONTENT", answer.At("serverContent", "turnCompleteReason")!.Value.GetString());
        Assert.Equal(["good"], Typed(session));
        var acted = await _events.FirstAsync<LiveCheckActed>();
        Assert.Equal(("check", "blocked", "user", false, "policy"), (acted.Check, acted.Verdict, acted.Speaker, acted.IsSpoken, acted.Reason));
        await _events.FirstAsync<LiveTranscriptFinal>(static said => said is { Speaker: "user", Text: "good" });
        await _texts.FirstAsync(static text => text is { IsUser: true, Piece: "good" }, "the text that passed is read");
        Assert.DoesNotContain(_texts.Snapshot, static text => text.Text.Contains("bad", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.Entries, static entry => entry.Message.Contains("bad thing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Typed_text_is_replaced_for_the_model_and_for_observers()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SayAsync("my card is 4111");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "my card is ****", "the echo of the new text");

        Assert.Equal(["my card is ****"], Typed(session));
        await _events.FirstAsync<LiveTranscriptFinal>(static said => said is { Speaker: "user", Text: "my card is ****" });
        Assert.Equal("replaced", (await _events.FirstAsync<LiveCheckActed>()).Verdict);
    }

    [Fact]
    public async Task Text_of_client_content_is_checked_part_by_part_and_pictures_stay()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SendJsonAsync(
            """{"clientContent":{"turns":[{"role":"model","parts":[{"text":"4111 said the model"}]},{"role":"user","parts":[{"text":"see"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"text":"no 4111"}]}],"turnComplete":true}}""");
        await session.Heard.FirstAsync(static heard => heard is LiveSessionRequest, "the content");
        session.Output.Send(TurnComplete);
        await client.SendJsonAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"fine"},{"text":"bad"}]}],"turnComplete":true}}""");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "I can't help with that.", "the answer of the server", TestContext.Current.CancellationToken);

        var content = Assert.Single(session.Heard.Snapshot.OfType<LiveSessionRequest>()).ClientContent!;
        Assert.Equal(["**** said the model", "see", null, "no ****"], content.Turns!.SelectMany(static turn => turn.Parts!).Select(static part => part.Text));
        Assert.Equal("image/png", content.Turns![1].Parts![1].InlineData!.MimeType);
        Assert.Equal(["4111 said the model", "see", "no 4111", "fine", "bad"], _check.Asked.Snapshot.Where(static text => text.IsUser).Select(static text => text.Piece));
    }

    [Fact]
    public async Task Order_is_kept_behind_a_slow_check_and_audio_does_not_wait()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SayAsync("slow one");
        await _check.AskedAsync("slow one");
        await client.SayAsync("two");
        await client.SendJsonAsync("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""");
        await session.Heard.FirstAsync(static heard => heard is HeardAudio, "the audio");
        Assert.Empty(Typed(session));
        _check.Decide("slow one");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "two", "the last echo");

        Assert.Equal(["slow one", "two"], Typed(session));
    }

    [Theory]
    [InlineData(LiveCheckFailure.Block)]
    [InlineData(LiveCheckFailure.Allow)]
    public async Task Deadline_passes(LiveCheckFailure onFailure)
    {
        await using var host = await StartAsync(new LiveCheckOptions { OnFailure = onFailure, Name = "moderation", Directions = LiveCheckDirections.User });
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SayAsync("slow");
        await _check.AskedAsync("slow");
        _clock.Advance(Deadline);
        await client.ReceiveUntilAsync(static frame => frame.SaidText() is not null, "an answer");

        Assert.Equal(onFailure == LiveCheckFailure.Allow ? ["slow"] : [], Typed(session));
        await _check.Cancelled.FirstAsync(static piece => piece == "slow", "the check is cancelled");
        var failed = await _events.FirstAsync<LiveCheckFailed>();
        Assert.Equal(("moderation", "late", "user", onFailure == LiveCheckFailure.Allow ? "allowed" : "blocked"), (failed.Check, failed.Cause, failed.Speaker, failed.Outcome));
    }

    [Fact]
    public async Task Check_that_throws_blocks_by_default()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SayAsync("broken");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "I can't help with that.", "the answer of the server");

        Assert.Empty(Typed(session));
        Assert.Equal(("error", "blocked"), (await _events.FirstAsync<LiveCheckFailed>() is var failed ? (failed.Cause, failed.Outcome) : default));
        Assert.Contains("error", (await _events.FirstAsync<LiveCheckActed>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_that_never_returns_is_not_asked_for_ever()
    {
        await using var host = await StartAsync(new LiveCheckOptions { OnFailure = LiveCheckFailure.Allow, Directions = LiveCheckDirections.User });
        await using var client = await host.OpenAsync();

        for (var i = 0; i < 10; i++)
        {
            await client.SayAsync($"slow {i}");
            if (i < 8)
            {
                await _check.AskedAsync($"slow {i}");
                _clock.Advance(Deadline);
            }
            await client.ReceiveUntilAsync(frame => frame.SaidText() == $"slow {i}", "the echo");
        }

        await _events.FirstAsync<LiveCheckFailed>(static failed => failed.Cause == "busy");
        Assert.Equal(8, _check.Asked.Snapshot.Count(static text => text.IsUser));
    }

    [Fact]
    public async Task Check_ends_the_session()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        await client.SayAsync("leave");
        await client.SayAsync("more");

        var close = await client.ExpectCloseAsync();
        Assert.Equal((4_002, "House rules"), (close.Code, close.Reason));
        Assert.Empty(Typed(session));
        Assert.Equal("ended", (await _events.FirstAsync<LiveCheckActed>()).Verdict);
    }

    [Fact]
    public async Task Text_answers_are_checked_before_the_client_gets_them()
    {
        await using var host = await StartAsync(new LiveCheckOptions { Directions = LiveCheckDirections.Model });
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        session.Output.Send(EchoSession.Text("dial 4111"));
        session.Output.SendMedia(new LiveMedia(1, 1, default, "something bad"));
        session.Output.SendMedia(new LiveMedia(1, 2, default, "and more"));
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");
        await client.EchoAsync("next");

        Assert.Equal(["dial ****", "next"], Said(client));
        Assert.Single(client.Received, static frame => frame.At("serverContent", "interrupted") is not null);
        // The model hears of all of it as sent, and goes on.
        await session.Sent.FirstAsync(static media => media.Sequence == 2, "the second chunk counts as sent");
        Assert.Equal(["dial 4111", "something bad", "next"], _check.Asked.Snapshot.Select(static text => text.Piece));
    }

    [Fact]
    public async Task Blocked_answer_of_which_nothing_was_sent_is_replaced_by_the_refusal()
    {
        await using var host = await StartAsync(new LiveCheckOptions { Refusal = "Sorry." });
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { OutputTranscription = new Transcription { Text = "bad" } } });
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal("Sorry.", Assert.Single(client.Received, static frame => frame.Has("serverContent") && frame.At("serverContent", "turnComplete") is null).At("serverContent", "outputTranscription", "text")!.Value.GetString());
    }

    [Fact]
    public async Task Audio_is_not_delayed_and_a_blocked_transcript_cuts_the_rest()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "slow words"));
        session.Output.SendMedia(new LiveMedia(1, 2, new byte[480], null));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "modelTurn") is not null, "the first chunk");
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "modelTurn") is not null, "the second chunk");
        _check.Decide("slow words", LiveVerdict.Block("policy"));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "interrupted") is not null, "the answer is cut");
        session.Output.SendMedia(new LiveMedia(1, 3, new byte[480], "more"));
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.DoesNotContain(client.Received, static frame => frame.At("serverContent", "outputTranscription") is not null);
        Assert.Equal(2, client.Received.Count(static frame => frame.At("serverContent", "modelTurn") is not null));
    }

    [Fact]
    public async Task Held_audio_waits_for_the_text_after_it()
    {
        await using var host = await StartAsync(new LiveCheckOptions { HoldsAnswers = true });
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], null));
        session.Output.SendMedia(new LiveMedia(1, 2, new byte[480], "slow a"));
        await _check.AskedAsync("slow a");
        session.Output.SendMedia(new LiveMedia(1, 3, new byte[480], null));
        Assert.Single(client.Received);
        _check.Decide("slow a");
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "outputTranscription") is not null, "the first text");
        Assert.Equal(2, Chunks(client));
        session.Output.SendMedia(new LiveMedia(1, 4, new byte[480], "bad b"));
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        // The third chunk belongs to the blocked text.
        Assert.Equal(2, Chunks(client));
        Assert.Contains(client.Received, static frame => frame.At("serverContent", "interrupted") is not null);
    }

    [Theory]
    [InlineData(LiveCheckFailure.Block, 0)]
    [InlineData(LiveCheckFailure.Allow, 1)]
    public async Task Held_audio_without_a_text_waits_for_the_deadline(LiveCheckFailure onFailure, int passed)
    {
        await using var host = await StartAsync(new LiveCheckOptions { HoldsAnswers = true, OnFailure = onFailure });
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], null));
        await _clock.TimerAsync(static timer => timer.Delay == Deadline && timer.Period is null, "the audio has a deadline");
        _clock.Advance(Deadline);
        await _events.FirstAsync<LiveCheckFailed>(static failed => failed.Cause == "no_text");
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal(passed, Chunks(client));
    }

    [Fact]
    public async Task Interruption_overtakes_held_output_and_drops_it()
    {
        await using var host = await StartAsync(new LiveCheckOptions { HoldsAnswers = true });
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "slow"));
        await _check.AskedAsync("slow");
        session.Output.CancelMedia(1);
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal(0, Chunks(client));
        await _check.Cancelled.FirstAsync(static piece => piece == "slow", "the check is cancelled");
        Assert.DoesNotContain(_events.Events.Snapshot, static e => e is LiveCheckFailed);
    }

    [Fact]
    public async Task Blocked_speech_of_the_user_suppresses_its_answer_and_refuses_its_calls()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        session.Output.Send(Heard("delete it, bad"));
        session.Output.Send(new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = [new FunctionCall { Id = "c1", Name = "delete" }] } });
        await session.Heard.FirstAsync(static heard => heard is LiveSessionRequest { ToolResponse: not null }, "the call is refused");
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "done"));
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");
        await client.EchoAsync("next");

        var response = Assert.Single(session.Heard.Snapshot.OfType<LiveSessionRequest>().First(static message => message.ToolResponse is not null).ToolResponse!.FunctionResponses!);
        Assert.Equal(("c1", """{"error":"Blocked by the server."}"""), (response.Id, response.Response!.Value.GetRawText()));
        Assert.DoesNotContain(client.Received, static frame => frame.Has("toolCall") || frame.At("serverContent", "inputTranscription") is not null);
        Assert.Equal(0, Chunks(client));
        Assert.Equal("I can't help with that.", client.Received[1].At("serverContent", "outputTranscription", "text")!.Value.GetString());
    }

    [Fact]
    public async Task Answer_to_a_blocked_barge_in_is_suppressed_too()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "Well"));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "outputTranscription") is not null, "an answer");
        session.Output.Send(Heard("bad"));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "interrupted") is not null, "the answer is cut");
        session.Output.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });
        session.Output.Send(TurnComplete);
        session.Output.SendMedia(new LiveMedia(2, 2, new byte[480], "of course"));
        session.Output.Send(TurnComplete);
        await client.EchoAsync("next");

        Assert.Equal(1, Chunks(client));
    }

    [Fact]
    public async Task Transcripts_that_only_the_checks_need_are_not_shown()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        var session = await _model.FirstSessionAsync();

        Assert.NotNull(session.Start.Setup.InputAudioTranscription);
        Assert.NotNull(session.Start.Setup.OutputAudioTranscription);
        session.Output.Send(Heard("hello"));
        session.Output.SendMedia(new LiveMedia(1, 1, new byte[480], "hi"));
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal(1, Chunks(client));
        Assert.Equal(3, client.Received.Count);
        Assert.Equal(["hello", "hi"], _check.Asked.Snapshot.Select(static text => text.Piece));
    }

    [Fact]
    public async Task Replaced_text_is_checked_by_the_next_check()
    {
        await using var host = await StartAsync(more: static call => call.AddCheck(
            static (text, _) => new(text.Piece.Contains("****", StringComparison.Ordinal) ? LiveVerdict.Block("seen") : LiveVerdict.Allow), new LiveCheckOptions { Name = "second" }));
        await using var client = await host.OpenAsync();

        await client.SayAsync("4111");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "I can't help with that.", "the answer of the server");

        Assert.Equal("second", (await _events.FirstAsync<LiveCheckActed>(static acted => acted.Verdict == "blocked")).Check);
    }

    [Fact]
    public async Task Replacement_of_a_megabyte_passes()
    {
        var long1 = new string('x', 1 << 20);
        await using var host = await StartAsync(more: call => call.AddCheck((text, _) => new(text.IsUser ? LiveVerdict.Replace(long1) : LiveVerdict.Allow)));
        await using var client = await host.OpenAsync();

        await client.SayAsync("short");
        await client.ReceiveUntilAsync(frame => frame.SaidText() == long1, "the echo of the new text");
    }

    [Fact]
    public async Task Client_that_leaves_cancels_a_check()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        await client.SayAsync("slow");
        await _check.AskedAsync("slow");

        client.Socket.Abort();

        await _check.Cancelled.FirstAsync(static piece => piece == "slow", "the check is cancelled");
        await _events.FirstAsync<LiveSessionEnded>();
        Assert.Empty(Typed(await _model.FirstSessionAsync()));
    }

    [Fact]
    public async Task Client_that_types_faster_than_its_checks_waits()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        await client.SayAsync("slow");
        await _check.AskedAsync("slow");
        for (var i = 0; i < 100; i++)
            await client.SayAsync($"text {i}");

        _check.Decide("slow");
        await client.ReceiveUntilAsync(static frame => frame.SaidText() == "text 99", "the last echo");

        Assert.Equal(101, Typed(await _model.FirstSessionAsync()).Count());
    }

    [Fact]
    public async Task Many_pieces_of_an_answer_keep_their_order()
    {
        await using var host = await StartAsync(new LiveCheckOptions { HoldsAnswers = true });
        await using var client = await host.OpenAsync(AudioSetup);
        var session = await _model.FirstSessionAsync();

        for (var i = 0; i < 500; i++)
        {
            await session.Output.WaitForRoomAsync(TestContext.Current.CancellationToken);
            session.Output.SendMedia(new LiveMedia(1, i + 1, BitConverter.GetBytes(i), $" {i}"));
        }
        session.Output.Send(TurnComplete);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the turn ends");

        Assert.Equal(Enumerable.Range(0, 500).Select(static i => $" {i}"), client.Received.Select(static frame => frame.At("serverContent", "outputTranscription", "text")?.GetString()).OfType<string>());
        Assert.EndsWith(" 498 499", _check.Asked.Snapshot[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_are_added_before_the_session_starts_and_with_a_valid_deadline()
    {
        LiveCall? started = null;
        await using var host = await StartAsync(more: call =>
        {
            started = call;
            Assert.Throws<ArgumentOutOfRangeException>(() => call.AddCheck(_check.RunAsync, new LiveCheckOptions { Deadline = TimeSpan.Zero }));
            Assert.Throws<ArgumentOutOfRangeException>(() => call.AddCheck(_check.RunAsync, new LiveCheckOptions { Deadline = TimeSpan.FromHours(1) }));
        });
        await using var client = await host.OpenAsync();

        Assert.Throws<InvalidOperationException>(() => started!.AddCheck(_check.RunAsync));
        Assert.Throws<ArgumentOutOfRangeException>(() => LiveVerdict.End(1_005, ""));
    }

    private static LiveSessionResponse TurnComplete => new() { ServerContent = new ServerContent { TurnComplete = true } };

    private static LiveSessionResponse Heard(string text) => new() { ServerContent = new ServerContent { InputTranscription = new Transcription { Text = text } } };

    private static IEnumerable<string> Typed(EchoSession session) => session.Heard.Snapshot.OfType<LiveSessionRequest>().Select(static message => message.RealtimeInput?.Text).OfType<string>();

    private static IEnumerable<string> Said(LiveSocket client) => client.Received.Select(static frame => frame.SaidText()).OfType<string>();

    private static int Chunks(LiveSocket client) => client.Received.Count(static frame => frame.At("serverContent", "modelTurn", "parts") is { } parts && parts[0].TryGetProperty("inlineData", out _));

    private Task<InMemoryHost> StartAsync(LiveCheckOptions? options = null, Action<LiveCall>? more = null) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Services.AddLiveApi(live =>
            {
                live.ApiKeys.Add(LiveTestHost.Key);
                live.Connections.KeepAliveInterval = TimeSpan.Zero;
                live.Connections.CloseTimeout = TimeSpan.FromDays(1);
            }).UseDefaultModel(_ => _model);
            builder.Services.AddSingleton<ILiveSessionEvents>(_events);
        },
        app => app.MapLiveApi().OnCall(call =>
        {
            call.AddCheck(_check.RunAsync, options);
            call.OnTranscript(_texts.Add);
            more?.Invoke(call);
        }),
        _clock);
}

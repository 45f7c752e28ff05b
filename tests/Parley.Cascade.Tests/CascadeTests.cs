using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Speech;
using Parley.Speech.Synthesis;
using Parley.TestKit;

namespace Parley.Cascade.Tests;

public sealed class CascadeTests
{
    [Fact]
    public async Task Typed_text_is_answered_aloud_with_an_exact_transcription()
    {
        await using var rig = await CascadeRig.StartAsync(StubChatModel.Saying("Good morning. It is ", "nine o'clock, I think."));

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("Good morning. It is nine o'clock, I think.", rig.Output.Spoken);
        var heard = ToneCode.Decode(Pcm.ToSamples(rig.Output.Audio.ToArray()));
        Assert.Contains("good morning.", heard, StringComparison.Ordinal);
        Assert.Contains("nine", heard, StringComparison.Ordinal);
        Assert.Equal(["generationComplete", "turnComplete"], rig.Output.Said.Snapshot.Where(one => one != "audio"));
    }

    [Theory]
    [InlineData(5, 0)] // 200 ms of leading silence
    [InlineData(30, 25)] // 1.2 s: only 200 ms are dropped
    public async Task Leading_silence_of_an_answer_is_dropped_and_pauses_between_sentences_are_kept(int silent, int left)
    {
        await using var rig = await CascadeRig.StartAsync(new CascadeParts { ChatModel = StubChatModel.Saying("Good morning. It is nine o'clock now."), Synthesizer = new SilenceFirstSynthesizer(silent) });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        var audible = rig.Output.Audio.ToArray().Chunk(1_920).Select(static chunk => CascadeSession.IsAudible(chunk)).ToList();
        Assert.Equal([.. Enumerable.Repeat(false, left), true, .. Enumerable.Repeat(false, silent), true], audible);
    }

    /// <summary>Starts each sentence with silence; its words are one chunk of 40 ms.</summary>
    private sealed class SilenceFirstSynthesizer(int silent) : ISpeechSynthesizer
    {
        public string Name => "silence-first";

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
            string text, SpeechVoice voice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            for (var i = 0; i < silent; i++)
                yield return new byte[1_920];
            yield return Pcm.ToBytes(Enumerable.Repeat((short)2_000, 960).ToArray());
        }
    }

    [Fact]
    public async Task A_setup_with_text_modality_is_answered_in_text()
    {
        var setup = new Setup { Model = "models/gemini-test", GenerationConfig = new GenerationConfig { ResponseModalities = [Modality.Text] } };
        await using var rig = await CascadeRig.StartAsync(StubChatModel.Saying("One ", "two."), setup);

        rig.SayText("count");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(["text:One ", "text:two.", "generationComplete", "turnComplete"], rig.Output.Said.Snapshot);
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(48_000)]
    [InlineData(8_000)]
    public async Task A_spoken_turn_without_recognizer_is_transcribed_as_its_duration_and_answered(int rateHz)
    {
        await using var rig = await CascadeRig.StartAsync(StubChatModel.Saying("I heard you."));

        rig.BeSilent(TimeSpan.FromSeconds(1), rateHz);
        rig.Speak(TimeSpan.FromSeconds(2), rateHz);
        rig.BeSilent(TimeSpan.FromSeconds(1), rateHz);
        await rig.ExpectAsync("turnComplete");

        var heard = Assert.Single(rig.Output.Said.Snapshot, one => one.StartsWith("heard:", StringComparison.Ordinal));
        Assert.Matches(@"^heard:\[(1\.9|2\.[0-3]) seconds of speech\]$", heard);
    }

    [Fact]
    public async Task Audio_stream_end_ends_the_turn_without_silence()
    {
        await using var rig = await CascadeRig.StartAsync(StubChatModel.Saying("Yes."));

        rig.BeSilent(TimeSpan.FromSeconds(1));
        rig.Speak(TimeSpan.FromSeconds(1));
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { AudioStreamEnd = true } });

        await rig.ExpectAsync("turnComplete");
    }

    [Fact]
    public async Task Speech_interrupts_the_answer_and_none_of_it_follows()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) };
        await using var rig = await CascadeRig.StartAsync(StubChatModel.Saying("This is a very long answer that goes on and on. And on and on it goes, much longer than two seconds."), options: options);

        rig.BeSilent(TimeSpan.FromSeconds(0.1));
        rig.SayText("talk");
        await rig.ExpectAsync("audio");
        rig.BeSilent(TimeSpan.FromSeconds(1));
        rig.Speak(TimeSpan.FromSeconds(1));
        await rig.ExpectAsync("interrupted");

        var after = rig.Output.Said.Snapshot.SkipWhile(one => one != "interrupted").ToList();
        Assert.Equal(["interrupted", "turnComplete"], after.Take(2));
        Assert.DoesNotContain("generationComplete", rig.Output.Said.Snapshot);
        Assert.DoesNotContain("audio", after);
    }

    [Fact]
    public async Task An_answer_is_sent_at_most_its_lead_ahead_of_playback()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) };
        await using var rig = await CascadeRig.StartAsync(
            StubChatModel.Saying(string.Concat(Enumerable.Repeat("Some words to say here. ", 20))), options: options);

        rig.BeSilent(TimeSpan.FromSeconds(0.1));
        var waiting = NextPause();
        rig.SayText("talk");
        for (var second = 0; second < 5; second++)
        {
            await waiting;
            var sent = PcmFormat.Hz24000.DurationOfBytes(rig.Output.Audio.Length);
            Assert.InRange(sent.TotalSeconds, second + 2, second + 2.2);
            waiting = NextPause();
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await waiting;

        Task NextPause() => rig.Time.Timers.NextAsync(
            _ => true, "the answer waits for the listener", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_playback_while_the_user_only_writes()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) };
        await using var rig = await CascadeRig.StartAsync(
            StubChatModel.Saying(string.Concat(Enumerable.Repeat("Some words to say here. ", 20))), options: options);

        rig.SayText("talk");
        // The clock stands still.
        await rig.ExpectAsync("turnComplete");

        Assert.True(PcmFormat.Hz24000.DurationOfBytes(rig.Output.Audio.Length) > TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Speech_stops_the_playback_of_an_answer_that_is_complete()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) };
        await using var rig = await CascadeRig.StartAsync(
            StubChatModel.Saying(string.Concat(Enumerable.Repeat("Some words to say here. ", 20))), options: options);

        rig.SayText("talk");
        await rig.ExpectAsync("turnComplete");
        // Once everything is written.
        Assert.Equal("completed", (await rig.TurnAsync(1))["outcome"]);
        rig.Speak(TimeSpan.FromSeconds(1));
        await rig.ExpectAsync("interrupted");
        var next = rig.NextAsync("audio");
        rig.BeSilent(TimeSpan.FromSeconds(1));

        await next;
        Assert.Single(rig.Output.Said.Snapshot, "interrupted");
    }

    [Fact]
    public async Task A_function_call_is_sent_and_its_result_spoken()
    {
        var chatModel = new StubChatModel((messages, options, _) => messages[^1].Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result
            ? StubChatModel.Stream([new TextContent($"It says {((JsonElement)result.Result!).GetProperty("output").GetString()}.")])
            : StubChatModel.Stream([new TextContent("Let me see."), new FunctionCallContent("x", "look", new Dictionary<string, object?> { ["where"] = "here" })]));
        var setup = new Setup
        {
            Model = "models/gemini-test",
            OutputAudioTranscription = new AudioTranscriptionConfig(),
            Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "look" }] }],
        };
        await using var rig = await CascadeRig.StartAsync(chatModel, setup);

        rig.SayText("look around");
        await rig.ExpectAsync("call:look");
        var call = rig.Output.Messages.Single(message => message.ToolCall is not null).ToolCall!.FunctionCalls![0];
        Assert.Equal("here", call.Args!.Value.GetProperty("where").GetString());
        Assert.Equal("Let me see.", rig.Output.Spoken);
        rig.Session.Receive(new LiveSessionRequest
        {
            ToolResponse = new ToolResponse { FunctionResponses = [new FunctionResponse { Id = call.Id, Response = JsonElement.Parse("""{"output":"blue"}""") }] },
        });
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("Let me see.It says blue.", rig.Output.Spoken);
        Assert.Single(rig.Output.Said.Snapshot, one => one == "turnComplete");
    }

    [Fact]
    public async Task A_late_function_result_reaches_the_chat_model_with_a_call()
    {
        var chatModel = new StubChatModel((messages, _, _) => messages[^1].Contents.OfType<FunctionResultContent>().Any()
            ? StubChatModel.Stream([new TextContent("Done.")])
            : StubChatModel.Stream(messages[^1].Text == "start" ? [new FunctionCallContent("x", "slow")] : [new TextContent("Waiting.")]));
        var setup = new Setup
        {
            Model = "models/gemini-test",
            GenerationConfig = new GenerationConfig { ResponseModalities = [Modality.Text] },
            Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "slow", Behavior = Behavior.NonBlocking }] }],
        };
        await using var rig = await CascadeRig.StartAsync(chatModel, setup);

        rig.SayText("start");
        await rig.ExpectAsync("turnComplete");
        var id = rig.Output.Messages.Single(message => message.ToolCall is not null).ToolCall!.FunctionCalls![0].Id;
        var next = rig.Output.Said.NextAsync(one => one == "turnComplete", "the turn between", TestContext.Current.CancellationToken);
        rig.SayText("and now?");
        await next;
        next = rig.Output.Said.NextAsync(one => one == "turnComplete", "the turn about the result", TestContext.Current.CancellationToken);
        rig.Session.Receive(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = [new FunctionResponse { Id = id, Response = JsonElement.Parse("{}") }] } });
        await next;

        var asked = chatModel.Asked[^1];
        var calls = asked.SelectMany(message => message.Contents.OfType<FunctionCallContent>()).Select(call => call.CallId).ToList();
        var results = asked.SelectMany(
            message => message.Contents.OfType<FunctionResultContent>()).Select(result => result.CallId).ToList();
        Assert.Equal(calls, results);
        Assert.Equal(2, calls.Count);
        Assert.Contains("text:Done.", rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_chat_model_failure_ends_the_turn_and_not_the_session()
    {
        await using var rig = await CascadeRig.StartAsync(
            new StubChatModel((_, _, _) => throw new InvalidOperationException("no such server")));

        rig.SayText("hello");

        await rig.ExpectAsync("turnComplete");
    }

    [Fact]
    public async Task A_resumed_session_keeps_its_history()
    {
        await using var first = await CascadeRig.StartAsync(StubChatModel.Saying("Nice to meet you, Ada."));
        first.SayText("I am Ada");
        var state = (ConversationState?)await first.Output.Checkpoints.FirstAsync(
            one => one is ConversationState { History.Count: 2 }, "a checkpoint after the turn", TestContext.Current.CancellationToken);

        var chatModel = StubChatModel.Saying("Ada.");
        await using var second = await CascadeRig.StartAsync(chatModel, resumeFrom: state);
        second.SayText("who am I?");
        await second.ExpectAsync("turnComplete");

        Assert.Equal(["I am Ada", "Nice to meet you, Ada.", "who am I?"], chatModel.Asked[0].Select(message => message.Text));
    }

    [Fact]
    public async Task Disposal_stops_a_chat_model_that_never_answers()
    {
        var asked = new SyncPoint("chat model called");
        var rig = await CascadeRig.StartAsync(new StubChatModel((_, _, token) => NeverAsync(asked, token)));
        rig.SayText("hello");
        await asked.ReachedAsync(TestContext.Current.CancellationToken);
        asked.Release();

        await Expect.WithinAsync(rig.DisposeAsync().AsTask(), "disposal", TestContext.Current.CancellationToken);
    }

    private static async IAsyncEnumerable<AIContent> NeverAsync(
        SyncPoint asked, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await asked.PassAsync(cancellationToken);
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        yield break;
    }
}

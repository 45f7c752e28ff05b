using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Server.Storage;
using Parley.Speech;
using Parley.Speech.Synthesis;
using Parley.TestKit;

namespace Parley.Cascade.Tests;

public sealed class CascadeTests
{
    [Fact]
    public async Task Answers_text_aloud_and_transcribes_exactly_what_the_brain_said()
    {
        await using var rig = await CascadeRig.StartAsync(StubBrain.Saying("Good morning. It is ", "nine o'clock, I think."));

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("Good morning. It is nine o'clock, I think.", rig.Output.Spoken);
        var heard = ToneCode.Decode(Pcm.ToSamples(rig.Output.Audio.ToArray()));
        Assert.Contains("good morning.", heard, StringComparison.Ordinal);
        Assert.Contains("nine", heard, StringComparison.Ordinal);
        Assert.Equal(["generationComplete", "turnComplete"], rig.Output.Said.Snapshot.Where(one => one != "audio"));
    }

    [Theory]
    [InlineData(6, 0)] // 240 ms of breath
    [InlineData(30, 17)] // 1.2 s are meant, beyond the half second that may be breath
    public async Task The_silence_before_the_first_word_of_an_answer_is_left_out_and_the_pause_between_sentences_is_not(int silent, int left)
    {
        await using var rig = await CascadeRig.StartAsync(new CascadeParts { ChatModel = StubBrain.Saying("Good morning. It is nine o'clock now."), Synthesizer = new BreathingVoice(silent) });

        rig.SayText("hello");
        await rig.ExpectAsync("turnComplete");

        var audible = rig.Output.Audio.ToArray().Chunk(1_920).Select(static chunk => CascadeSession.IsAudible(chunk)).ToList();
        Assert.Equal([.. Enumerable.Repeat(false, left), true, .. Enumerable.Repeat(false, silent), true], audible);
    }

    /// <summary>Breathes in before each sentence, whose words are one chunk of 40 ms.</summary>
    private sealed class BreathingVoice(int silent) : ISpeechSynthesizer
    {
        public string Name => "breathing";

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
    public async Task Answers_in_text_where_the_setup_asks_for_it()
    {
        var setup = new Setup { Model = "models/gemini-test", GenerationConfig = new GenerationConfig { ResponseModalities = [Modality.Text] } };
        await using var rig = await CascadeRig.StartAsync(StubBrain.Saying("One ", "two."), setup);

        rig.SayText("count");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(["text:One ", "text:two.", "generationComplete", "turnComplete"], rig.Output.Said.Snapshot);
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(48_000)]
    [InlineData(8_000)]
    public async Task A_spoken_turn_is_answered_and_its_transcription_says_how_long_it_was(int rateHz)
    {
        await using var rig = await CascadeRig.StartAsync(StubBrain.Saying("I heard you."));

        rig.BeSilent(TimeSpan.FromSeconds(1), rateHz);
        rig.Speak(TimeSpan.FromSeconds(2), rateHz);
        rig.BeSilent(TimeSpan.FromSeconds(1), rateHz);
        await rig.ExpectAsync("turnComplete");

        var heard = Assert.Single(rig.Output.Said.Snapshot, one => one.StartsWith("heard:", StringComparison.Ordinal));
        Assert.Matches(@"^heard:\[(1\.9|2\.[0-3]) seconds of speech\]$", heard);
    }

    [Fact]
    public async Task The_end_of_the_stream_ends_the_turn_without_silence()
    {
        await using var rig = await CascadeRig.StartAsync(StubBrain.Saying("Yes."));

        rig.BeSilent(TimeSpan.FromSeconds(1));
        rig.Speak(TimeSpan.FromSeconds(1));
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { AudioStreamEnd = true } });

        await rig.ExpectAsync("turnComplete");
    }

    [Fact]
    public async Task Speaking_into_the_answer_interrupts_it_and_nothing_of_it_follows()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) };
        await using var rig = await CascadeRig.StartAsync(StubBrain.Saying("This is a very long answer that goes on and on. And on and on it goes, much longer than two seconds."), options: options);

        rig.SayText("talk");
        await rig.ExpectAsync("audio");
        rig.BeSilent(TimeSpan.FromSeconds(1));
        rig.Speak(TimeSpan.FromSeconds(1));
        await rig.ExpectAsync("interrupted");

        var behind = rig.Output.Said.Snapshot.SkipWhile(one => one != "interrupted").ToList();
        Assert.Equal(["interrupted", "turnComplete"], behind.Take(2));
        Assert.DoesNotContain("generationComplete", rig.Output.Said.Snapshot);
        Assert.DoesNotContain("audio", behind);
    }

    [Fact]
    public async Task The_answer_stays_within_its_lead_of_a_listener_in_real_time()
    {
        var options = new CascadeOptions { AudioLead = TimeSpan.FromSeconds(2) };
        await using var rig = await CascadeRig.StartAsync(StubBrain.Saying(string.Concat(Enumerable.Repeat("Some words to say here. ", 20))), options: options);

        var paced = NextPause();
        rig.SayText("talk");
        for (var second = 0; second < 5; second++)
        {
            await paced;
            var sent = PcmFormat.Hz24000.DurationOfBytes(rig.Output.Audio.Length);
            Assert.InRange(sent.TotalSeconds, second + 2, second + 2.2);
            paced = NextPause();
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await paced;

        Task NextPause() => rig.Time.Timers.NextAsync(_ => true, "the answer waits for the listener", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_function_call_is_made_and_its_answer_spoken()
    {
        var brain = new StubBrain((messages, options, _) => messages[^1].Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result
            ? StubBrain.Stream([new TextContent($"It says {((JsonElement)result.Result!).GetProperty("output").GetString()}.")])
            : StubBrain.Stream([new TextContent("Let me see."), new FunctionCallContent("x", "look", new Dictionary<string, object?> { ["where"] = "here" })]));
        var setup = new Setup
        {
            Model = "models/gemini-test",
            OutputAudioTranscription = new AudioTranscriptionConfig(),
            Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "look" }] }],
        };
        await using var rig = await CascadeRig.StartAsync(brain, setup);

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
    public async Task A_late_answer_reaches_the_brain_as_a_call_with_its_result()
    {
        var brain = new StubBrain((messages, _, _) => messages[^1].Contents.OfType<FunctionResultContent>().Any()
            ? StubBrain.Stream([new TextContent("Done.")])
            : StubBrain.Stream(messages[^1].Text == "start" ? [new FunctionCallContent("x", "slow")] : [new TextContent("Waiting.")]));
        var setup = new Setup
        {
            Model = "models/gemini-test",
            GenerationConfig = new GenerationConfig { ResponseModalities = [Modality.Text] },
            Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "slow", Behavior = Behavior.NonBlocking }] }],
        };
        await using var rig = await CascadeRig.StartAsync(brain, setup);

        rig.SayText("start");
        await rig.ExpectAsync("turnComplete");
        var id = rig.Output.Messages.Single(message => message.ToolCall is not null).ToolCall!.FunctionCalls![0].Id;
        var next = rig.Output.Said.NextAsync(one => one == "turnComplete", "the turn between", TestContext.Current.CancellationToken);
        rig.SayText("and now?");
        await next;
        next = rig.Output.Said.NextAsync(one => one == "turnComplete", "the turn about the result", TestContext.Current.CancellationToken);
        rig.Session.Receive(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = [new FunctionResponse { Id = id, Response = JsonElement.Parse("{}") }] } });
        await next;

        var asked = brain.Asked[^1];
        var calls = asked.SelectMany(message => message.Contents.OfType<FunctionCallContent>()).Select(call => call.CallId).ToList();
        var results = asked.SelectMany(message => message.Contents.OfType<FunctionResultContent>()).Select(result => result.CallId).ToList();
        Assert.Equal(calls, results);
        Assert.Equal(2, calls.Count);
        Assert.Contains("text:Done.", rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_brain_that_fails_ends_its_turn_and_not_its_session()
    {
        await using var rig = await CascadeRig.StartAsync(new StubBrain((_, _, _) => throw new InvalidOperationException("no such server")));

        rig.SayText("hello");

        await rig.ExpectAsync("turnComplete");
    }

    [Fact]
    public async Task A_resumed_session_remembers()
    {
        await using var first = await CascadeRig.StartAsync(StubBrain.Saying("Nice to meet you, Ada."));
        first.SayText("I am Ada");
        var state = (ConversationState?)await first.Output.Checkpoints.FirstAsync(
            one => one is ConversationState { History.Count: 2 }, "a checkpoint behind the turn", TestContext.Current.CancellationToken);

        var brain = StubBrain.Saying("Ada.");
        await using var second = await CascadeRig.StartAsync(brain, resumeFrom: state);
        second.SayText("who am I?");
        await second.ExpectAsync("turnComplete");

        Assert.Equal(["I am Ada", "Nice to meet you, Ada.", "who am I?"], brain.Asked[0].Select(message => message.Text));
    }

    [Fact]
    public async Task Disposal_stops_a_brain_that_never_answers()
    {
        var asked = new SyncPoint("brain asked");
        var rig = await CascadeRig.StartAsync(new StubBrain((_, _, token) => NeverAsync(asked, token)));
        rig.SayText("hello");
        await asked.ReachedAsync(TestContext.Current.CancellationToken);
        asked.Release();

        await Expect.WithinAsync(rig.DisposeAsync().AsTask(), "disposal", TestContext.Current.CancellationToken);
    }

    private static async IAsyncEnumerable<AIContent> NeverAsync(SyncPoint asked, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await asked.PassAsync(cancellationToken);
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        yield break;
    }
}

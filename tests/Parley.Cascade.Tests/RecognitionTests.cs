using Parley.Protocol;
using Parley.Speech;
using Parley.TestKit;

namespace Parley.Cascade.Tests;

/// <summary>Input of the recognizer, use of its transcripts, and its failures.</summary>
public sealed class RecognitionTests
{
    [Fact]
    public async Task Recognized_speech_is_transcribed_and_answered()
    {
        var chatModel = StubChatModel.Saying("It is nine.");
        await using var rig = await StartAsync(FakeRecognizer.Hearing("what time is it"), chatModel);

        Say(rig, 1);
        await rig.ExpectAsync("turnComplete");

        Assert.Contains("heard:what time is it", rig.Output.Said.Snapshot);
        Assert.Equal("what time is it", chatModel.Asked[0][^1].Text);
    }

    [Fact]
    public async Task The_recognizer_gets_the_start_of_speech_with_pre_roll()
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        await using var rig = await StartAsync(recognizer);

        Say(rig, 1);
        await rig.ExpectAsync("turnComplete");

        var heard = Assert.Single(recognizer.Utterances.Snapshot).Heard;
        var onset = heard.FindIndex(static sample => sample != 0);
        Assert.InRange(onset, 1_600, 5_120);
        Assert.Equal(CascadeRig.Buzz(TimeSpan.FromSeconds(1)).Skip(1), heard.Skip(onset).Take(15_999));
    }

    [Fact]
    public async Task Several_seconds_in_one_message_are_recognized_completely()
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        await using var rig = await StartAsync(recognizer);
        var all = new short[16_000].Concat(CascadeRig.Buzz(TimeSpan.FromSeconds(3))).Concat(new short[16_000]).ToArray();

        rig.Session.ReceiveAudio(Pcm.ToBytes(all), 16_000);
        await rig.ExpectAsync("turnComplete");

        var heard = Assert.Single(recognizer.Utterances.Snapshot).Heard;
        var onset = heard.FindIndex(static sample => sample != 0);
        Assert.Equal(CascadeRig.Buzz(TimeSpan.FromSeconds(3)).Skip(1), heard.Skip(onset).Take(47_999));
    }

    [Fact]
    public async Task Partial_transcripts_are_sent_while_the_user_speaks()
    {
        var recognizer = FakeRecognizer.Hearing("what time is it");
        await using var rig = await StartAsync(recognizer);

        rig.BeSilent(1);
        rig.Speak(0.5);
        var utterance = recognizer.Utterances.Snapshot.Single();
        utterance.Understand("what");
        await rig.ExpectAsync("interim:what");
        utterance.Understand("what time");
        await rig.ExpectAsync("interim:what time");
        rig.BeSilent(1);
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("heard:what time is it", rig.Output.Said.Snapshot.First(one => one.StartsWith("heard", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_recognizer_gets_the_language_and_the_phrases_of_the_functions()
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        var setup = CascadeRig.Transcribed() with
        {
            GenerationConfig = new GenerationConfig { SpeechConfig = new SpeechConfig { LanguageCode = "en-GB" } },
            InputAudioTranscription = new AudioTranscriptionConfig { CustomVocabulary = ["Parley", "not $ plain"] },
            Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "lights" }] }],
        };
        var parts = Parts(recognizer) with { Phrases = new NamesOfFunctions() };
        await using var rig = await CascadeRig.StartAsync(parts, setup);

        Say(rig, 1);
        await rig.ExpectAsync("turnComplete");

        var request = recognizer.Utterances.Snapshot.Single().Request;
        Assert.Equal("en-GB", request.Language);
        Assert.Equal(["call lights in en-GB", "Parley"], request.Phrases);
    }

    [Fact]
    public async Task A_failed_recognition_is_repeated_once_with_the_same_audio()
    {
        var failures = 1;
        var recognizer = new FakeRecognizer(
            (_, _) => failures-- > 0 ? throw new SpeechEngineException("died") : new(new Transcript("hello")));
        await using var rig = await StartAsync(recognizer);

        Say(rig, 2);
        await rig.ExpectAsync("heard:hello");
        await rig.ExpectAsync("turnComplete");

        var heard = recognizer.Utterances.Snapshot;
        Assert.Equal(2, heard.Count);
        Assert.Equal(heard[0].Heard, heard[1].Heard);
        Assert.True(heard[0].Disposed);
        Assert.DoesNotContain(rig.Output.Said.Snapshot, one => one.Contains("seconds of speech", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recognition_that_fails_twice_asks_the_user_to_repeat()
    {
        var failures = 2;
        var recognizer = new FakeRecognizer(
            (_, _) => failures-- > 0 ? throw new SpeechEngineException("died") : new(new Transcript("hello")));
        var chatModel = StubChatModel.Saying("Hello to you.");
        await using var rig = await StartAsync(recognizer, chatModel);

        Say(rig, 1);
        await rig.ExpectAsync("turnComplete");
        Assert.Equal("I am sorry, I could not hear that. Please say it again.", rig.Output.Spoken);
        Assert.Equal("failed", (await rig.TurnAsync(1))["outcome"]);
        Assert.Empty(chatModel.Asked);

        var next = rig.NextAsync("turnComplete");
        Say(rig, 1);
        await next;
        Assert.EndsWith("Hello to you.", rig.Output.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recognizer_that_cannot_be_started_asks_the_user_to_repeat()
    {
        var recognizer = new FakeRecognizer((_, _) => new(new Transcript("hello"))) { Starting = started => throw new SpeechEngineException("gone") };
        await using var rig = await StartAsync(recognizer);

        Say(rig, 1);
        await rig.ExpectAsync("turnComplete");

        Assert.StartsWith("I am sorry, I could not hear that.", rig.Output.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_recognizer_times_out()
    {
        var recognizer = new FakeRecognizer(static (_, _) => new(new TaskCompletionSource<Transcript>().Task));
        await using var rig = await StartAsync(recognizer);

        Say(rig, 1);
        await rig.Time.Timers.FirstAsync(
            static due => due == TimeSpan.FromSeconds(20), "the wait for the recognizer", TestContext.Current.CancellationToken);
        Assert.Empty(rig.Output.Said.Snapshot);
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        await rig.ExpectAsync("turnComplete");

        Assert.StartsWith("I am sorry, I could not hear that.", rig.Output.Spoken, StringComparison.Ordinal);
        Assert.Single(recognizer.Utterances.Snapshot);
    }

    [Fact]
    public async Task With_TURN_INCLUDES_ALL_INPUT_the_recognizer_gets_all_audio_up_to_the_limit()
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        var setup = CascadeRig.Transcribed() with { RealtimeInputConfig = new RealtimeInputConfig { TurnCoverage = TurnCoverage.TurnIncludesAllInput } };
        await using var rig = await CascadeRig.StartAsync(Parts(recognizer), setup);

        rig.BeSilent(5);
        Say(rig, 1);
        await rig.ExpectAsync("turnComplete");
        Assert.InRange(recognizer.Utterances.Snapshot[0].Length.TotalSeconds, 7.7, 8);

        rig.BeSilent(100);
        Say(rig, 1);
        await recognizer.Utterances.FirstAsync(
            utterance => utterance != recognizer.Utterances.Snapshot[0], "the second utterance", TestContext.Current.CancellationToken);
        Assert.InRange(recognizer.Utterances.Snapshot[1].Length.TotalSeconds, 30, 35);
    }

    // A push-to-talk client marks its first activity before it sends any audio.
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Manual_activity_is_recognized_from_its_start(double secondsBefore)
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        var setup = CascadeRig.Transcribed() with
        {
            RealtimeInputConfig = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } },
        };
        await using var rig = await CascadeRig.StartAsync(Parts(recognizer), setup);

        rig.BeSilent(secondsBefore);
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityStart = Empty.Instance } });
        rig.Speak(1);
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityEnd = Empty.Instance } });
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(CascadeRig.Buzz(TimeSpan.FromSeconds(1)), Assert.Single(recognizer.Utterances.Snapshot).Heard);
    }

    [Fact]
    public async Task The_end_of_a_session_disposes_the_recognition()
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        var rig = await StartAsync(recognizer);
        rig.BeSilent(1);
        rig.Speak(1);

        await rig.DisposeAsync();

        Assert.True(Assert.Single(recognizer.Utterances.Snapshot).Disposed);
    }

    [Fact]
    public async Task Silence_is_processed_without_allocation()
    {
        await using var rig = await StartAsync(FakeRecognizer.Hearing("hello"));
        var silence = new byte[640];

        Assert.Equal(0, Allocated.Least(1_000, () => rig.Session.ReceiveAudio(silence, 16_000)));
    }

    internal static CascadeParts Parts(ISpeechRecognizer recognizer, StubChatModel? chatModel = null) =>
        new() { ChatModel = chatModel ?? StubChatModel.Saying("Yes."), Synthesizer = new FakeSynthesizer(), Recognizer = recognizer };

    internal static void Say(CascadeRig rig, double seconds)
    {
        rig.BeSilent(1);
        rig.Speak(seconds);
        rig.BeSilent(1);
    }

    private static Task<CascadeRig> StartAsync(FakeRecognizer recognizer, StubChatModel? chatModel = null) =>
        CascadeRig.StartAsync(Parts(recognizer, chatModel));

    private sealed class NamesOfFunctions : ISpokenPhrases
    {
        public IReadOnlyList<string> PhrasesFor(IReadOnlyList<FunctionDeclaration> functions, string? language) =>
            [.. functions.Select(function => $"call {function.Name} in {language}")];
    }
}

using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>Turns in which nothing was said: they end for the client, with no transcript and no answer.</summary>
public sealed class EmptyTurnTests
{
    public static TheoryData<bool> Recognizers => [true, false];

    [Fact]
    public async Task Noise_that_is_not_understood_ends_in_an_empty_turn()
    {
        var chatModel = StubChatModel.Saying("Yes?");
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(FakeRecognizer.Hearing("", "hello"), chatModel));

        RecognitionTests.Say(rig, 1);

        Assert.Equal("no_output", (await rig.TurnAsync(1))["outcome"]);
        Assert.Equal(["turnComplete"], rig.Output.Said.Snapshot);
        var last = rig.Output.Messages[^1];
        Assert.Equal(TurnCompleteReason.NeedMoreInput, last.ServerContent!.TurnCompleteReason);
        Assert.Null(last.UsageMetadata);
        Assert.Empty(chatModel.Asked);

        RecognitionTests.Say(rig, 1);
        await rig.ExpectAsync("generationComplete");
        Assert.Equal("hello", Assert.Single(chatModel.Asked)[^1].Text);
    }

    [Theory]
    [MemberData(nameof(Recognizers))]
    public async Task Marked_activities_without_speech_end_in_empty_turns(bool hasRecognizer)
    {
        var recognizer = FakeRecognizer.Hearing("Thank you.");
        var chatModel = StubChatModel.Saying("Hello! I am here.");
        await using var rig = await StartAsync(chatModel, hasRecognizer ? recognizer : null);

        for (var i = 0; i < 20; i++)
        {
            Mark(rig, start: true);
            // Nothing at all, or a tap of 10 ms.
            if (i % 2 == 1)
                rig.BeSilent(0.01);
            Mark(rig, start: false);
        }

        Assert.Equal(Enumerable.Repeat("turnComplete", 20), rig.Output.Said.Snapshot);
        Assert.Empty(chatModel.Asked);
        Assert.All(recognizer.Utterances.Snapshot, one => Assert.True(one.Disposed));
    }

    [Fact]
    public async Task A_marked_activity_of_silence_is_no_speech_without_a_recognizer()
    {
        var chatModel = StubChatModel.Saying("Hello!");
        await using var rig = await StartAsync(chatModel, null);

        Mark(rig, start: true);
        rig.BeSilent(2);
        Mark(rig, start: false);
        Assert.Equal(["turnComplete"], rig.Output.Said.Snapshot);

        Mark(rig, start: true);
        rig.Speak(2);
        Mark(rig, start: false);
        await rig.ExpectAsync("heard:[2.0 seconds of speech]");
    }

    [Theory]
    [MemberData(nameof(Recognizers))]
    public async Task A_marked_activity_of_text_has_one_answer_after_its_end(bool hasRecognizer)
    {
        var chatModel = StubChatModel.Saying("42.");
        await using var rig = await StartAsync(chatModel, hasRecognizer ? FakeRecognizer.Hearing("Thank you.") : null);

        Mark(rig, start: true);
        rig.SayText("What is ");
        rig.SayText("seven times six?");
        Assert.Empty(rig.Output.Said.Snapshot);
        Mark(rig, start: false);
        await rig.ExpectAsync("turnComplete");

        Assert.DoesNotContain(rig.Output.Said.Snapshot, static one => one.StartsWith("heard", StringComparison.Ordinal));
        Assert.Single(rig.Output.Said.Snapshot, "turnComplete");
        Assert.Single(chatModel.Asked);
    }

    [Fact]
    public async Task A_stream_without_speech_ends_in_an_empty_turn()
    {
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(new FakeRecognizer()));

        rig.BeSilent(1);
        EndStream(rig);
        Assert.Equal(["turnComplete"], rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task A_stream_that_ends_in_speech_ends_once()
    {
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(FakeRecognizer.Hearing("")));

        rig.BeSilent(1);
        rig.Speak(1);
        EndStream(rig);
        EndStream(rig);
        Assert.Equal(["turnComplete"], rig.Output.Said.Snapshot);
    }

    [Fact]
    public async Task An_empty_turn_is_no_answer_that_speech_could_follow_up()
    {
        var chatModel = StubChatModel.Saying("Yes?");
        var setup = CascadeRig.Transcribed() with { Proactivity = new ProactivityConfig { ProactiveAudio = true } };
        await using var rig = await CascadeRig.StartAsync(
            RecognitionTests.Parts(FakeRecognizer.Hearing("", "lunch is ready"), chatModel), setup);

        RecognitionTests.Say(rig, 1);
        RecognitionTests.Say(rig, 1);

        Assert.Equal(["turnComplete", "heard:lunch is ready", "turnComplete"], rig.Output.Said.Snapshot);
        Assert.Empty(chatModel.Asked);
    }

    private static Task<CascadeRig> StartAsync(StubChatModel chatModel, ISpeechRecognizer? recognizer) => CascadeRig.StartAsync(
        new CascadeParts { ChatModel = chatModel, Synthesizer = new ToneSynthesizer(), Recognizer = recognizer },
        CascadeRig.Transcribed() with
        {
            RealtimeInputConfig = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } },
        });

    private static void Mark(CascadeRig rig, bool start) => rig.Session.Receive(new LiveSessionRequest
    {
        RealtimeInput = start ? new RealtimeInput { ActivityStart = Empty.Instance } : new RealtimeInput { ActivityEnd = Empty.Instance },
    });

    private static void EndStream(CascadeRig rig) =>
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { AudioStreamEnd = true } });
}

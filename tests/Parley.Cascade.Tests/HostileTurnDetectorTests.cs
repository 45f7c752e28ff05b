using Parley.Speech;
using Parley.Speech.TurnTaking;
using Parley.Speech.TurnTaking.Prosody;

namespace Parley.Cascade.Tests;

/// <summary>Turns end whatever the turn detector says or does, and also when the client stops sending.</summary>
public sealed class HostileTurnDetectorTests
{
    private static readonly TimeSpan Longest = EndpointingPolicy.Longest;

    public static TheoryData<string> Detectors =>
        ["rules", "prosody", "both", "none", "always 0", "always 1", "NaN", "infinity", "negative", "alternating", "throws", "throws at the start", "slow"];

    [Theory]
    [MemberData(nameof(Detectors))]
    public async Task Every_turn_ends_once_with_any_detector(string name)
    {
        var recognizer = new FakeRecognizer();
        await using var rig = await StartAsync(name, recognizer);

        for (var i = 0; i < 3; i++)
        {
            rig.BeSilent(0.5);
            rig.Speak(1.5);
            rig.BeSilent(Longest + TimeSpan.FromMilliseconds(200));
            Assert.Equal(i + 1, recognizer.Utterances.Snapshot.Count);
            Assert.All(recognizer.Utterances.Snapshot, one => Assert.True(one.Disposed));
        }
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public async Task A_client_that_stops_sending_ends_its_turn_with_any_detector(string name)
    {
        var recognizer = new FakeRecognizer();
        await using var rig = await StartAsync(name, recognizer);

        rig.BeSilent(0.5);
        rig.Speak(1.5);
        // The longest silence, a second for the network, and what a slow detector has taken.
        rig.Time.Advance(Longest + TimeSpan.FromSeconds(1.2));

        Assert.True(Assert.Single(recognizer.Utterances.Snapshot).Disposed);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("throws at the start")]
    [InlineData("slow")]
    public async Task A_broken_detector_is_logged_once_and_the_configured_silence_applies(string name)
    {
        var recognizer = new FakeRecognizer();
        await using var rig = await StartAsync(name, recognizer);

        for (var i = 0; i < 2; i++)
        {
            rig.BeSilent(1);
            rig.Speak(1.5);
        }
        rig.BeSilent(0.7);
        Assert.False(recognizer.Utterances.Snapshot[^1].Disposed);
        rig.BeSilent(0.2);

        Assert.True(recognizer.Utterances.Snapshot[^1].Disposed);
        Assert.Single(rig.Log.Entries, static entry => entry.EventId.Id is EventIds.TurnDetectorFailed or EventIds.TurnDetectorSlow);
    }

    [Fact]
    public async Task A_detector_hears_the_whole_session_and_who_spoke_before()
    {
        var detector = new ScriptedTurnDetector(static _ => 0.5f);
        await using var rig = await CascadeRig.StartAsync(
            RecognitionTests.Parts(FakeRecognizer.Hearing("hello", "yes"), StubChatModel.Saying("Shall I?")) with { TurnDetectors = detector });

        var answered = rig.NextAsync("turnComplete");
        RecognitionTests.Say(rig, 1);
        await answered;
        RecognitionTests.Say(rig, 1);

        Assert.Equal(6 * 16_000, detector.Heard);
        Assert.Equal(2, detector.Turns);
        Assert.Null(detector.States[0].SinceAnswer);
        Assert.False(detector.States[0].AnswersQuestion);
        Assert.NotNull(detector.States[^1].SinceAnswer);
        Assert.True(detector.States[^1].AnswersQuestion);
        Assert.InRange(detector.States.Max(static state => state.Speech).TotalSeconds, 0.8, 1.2);
        Assert.InRange(detector.States.Max(static state => state.Silence).TotalSeconds, 0.7, 0.8);
    }

    private static Task<CascadeRig> StartAsync(string name, FakeRecognizer recognizer)
    {
        ManualClock? clock = null;
        var detectors = name switch
        {
            "rules" => new TranscriptTurnDetectors(),
            "prosody" => ProsodyTurnDetectors.ByVoice(),
            "both" => ProsodyTurnDetectors.ByVoiceAndWords(),
            "none" => (ITurnDetectors?)null,
            "always 0" => new ScriptedTurnDetector(static _ => 0),
            "always 1" => new ScriptedTurnDetector(static _ => 1),
            "NaN" => new ScriptedTurnDetector(static _ => float.NaN),
            "infinity" => new ScriptedTurnDetector(static _ => float.PositiveInfinity),
            "negative" => new ScriptedTurnDetector(static _ => -3),
            "alternating" => new ScriptedTurnDetector(static call => call % 2),
            "throws" => new ScriptedTurnDetector(static _ => throw new InvalidOperationException("broken")),
            "throws at the start" => new ScriptedTurnDetector(static _ => 0.5f) { Starting = static () => throw new InvalidOperationException("broken") },
            _ => new ScriptedTurnDetector(_ =>
            {
                clock!.Advance(TimeSpan.FromMilliseconds(60));
                return 0.5f;
            }),
        };
        return Start();

        async Task<CascadeRig> Start()
        {
            var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(recognizer) with { TurnDetectors = detectors });
            clock = rig.Time;
            return rig;
        }
    }

    /// <summary>Returns what a test says, given the number of the call.</summary>
    private sealed class ScriptedTurnDetector(Func<int, float> rate) : ITurnDetectors, ITurnDetector
    {
        private int _calls;

        internal List<TurnState> States { get; } = [];

        internal long Heard { get; private set; }

        internal int Turns { get; private set; }

        internal Action? Starting { get; init; }

        public string Name => "scripted";

        public ITurnDetector Create() => this;

        public void BeginTurn()
        {
            Turns++;
            Starting?.Invoke();
        }

        public void Process(ReadOnlySpan<short> samples, float speech) => Heard += samples.Length;

        public float GetEndProbability(in TurnState state)
        {
            States.Add(state);
            return rate(_calls++);
        }

        public void Dispose()
        {
        }
    }
}

using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>Clients that stop sending, and networks that hold audio back.</summary>
public sealed class StallTests
{
    private const int Rate = 16_000;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // The energy detector rates windows of some 30 ms.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    private static readonly Random Random = new(20_261_129);

    [Theory]
    [InlineData(0, 20)]
    [InlineData(0.1, 20)]
    [InlineData(0.5, 100)]
    [InlineData(0.7, 250)]
    public async Task A_client_that_stops_sending_ends_its_turn_after_the_silence_and_a_grace(double silence, int chunkMilliseconds)
    {
        var recognizer = FakeRecognizer.Hearing("hello");
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(recognizer));

        Send(rig, [.. Silence(1), .. Speech(1), .. Silence(silence)], chunkMilliseconds);
        var rest = Window + Grace - TimeSpan.FromSeconds(silence);
        rig.Time.Advance(rest - Tolerance);
        Assert.DoesNotContain("heard:hello", rig.Output.Said.Snapshot);
        rig.Time.Advance(Tolerance + Tolerance + TimeSpan.FromMilliseconds(chunkMilliseconds));

        Assert.Contains("heard:hello", rig.Output.Said.Snapshot);
        var turn = await rig.TurnAsync(1);
        Assert.InRange((double)turn["end_decided"]!, 1_700, 2_200);
    }

    [Fact]
    public async Task An_utterance_in_one_message_ends_without_further_audio()
    {
        await using var rig = await StartAsync(out var recognizer);

        rig.Session.ReceiveAudio(Pcm.ToBytes([.. Silence(0.5), .. Speech(2), .. Silence(0.3)]), Rate);
        rig.Time.Advance(Window + Grace);

        Assert.Single(recognizer.Utterances.Snapshot);
        Assert.Equal(1, Ends(rig));
    }

    [Fact]
    public async Task A_client_that_sends_a_message_every_two_seconds_is_not_cut()
    {
        await using var rig = await StartAsync(out var recognizer);

        Send(rig, [.. Silence(4), .. Speech(6), .. Silence(2)], chunkMilliseconds: 2_000);

        Assert.Single(recognizer.Utterances.Snapshot);
        Assert.Equal(1, Ends(rig));
    }

    [Fact]
    public async Task The_silence_of_the_client_applies_to_missing_audio()
    {
        var setup = CascadeRig.Transcribed() with
        {
            ExplicitVadSignal = true,
            RealtimeInputConfig = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { SilenceDurationMs = 3_000 } },
        };
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(new FakeRecognizer()), setup);

        Send(rig, [.. Silence(1), .. Speech(1)], chunkMilliseconds: 20);
        rig.Time.Advance(TimeSpan.FromSeconds(3.8));
        Assert.Equal(0, Ends(rig));
        rig.Time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.Equal(1, Ends(rig));
    }

    [Fact]
    public async Task An_activity_that_the_client_marks_waits_for_its_mark()
    {
        var setup = CascadeRig.Transcribed() with
        {
            ExplicitVadSignal = true,
            RealtimeInputConfig = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } },
        };
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(new FakeRecognizer()), setup);

        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityStart = Empty.Instance } });
        rig.Speak(1);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, Ends(rig));
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityEnd = Empty.Instance } });
        Assert.Equal(1, Ends(rig));
    }

    [Fact]
    public async Task Stalls_shorter_than_the_grace_change_nothing()
    {
        for (var round = 0; round < 25; round++)
        {
            var audio = Conversation();
            var chunk = Random.Next(5, 400);
            await using var straight = await StartAsync(out var expected);
            await using var stalled = await StartAsync(out var actual);

            Send(straight, audio, chunk);
            Send(stalled, audio, chunk, stall: () => Random.Next(10) == 0 ? TimeSpan.FromMilliseconds(Random.Next(990)) : TimeSpan.Zero);

            Assert.Equal(expected.Utterances.Snapshot.Select(one => one.Heard), actual.Utterances.Snapshot.Select(one => one.Heard));
            Assert.Equal(Ends(straight), Ends(stalled));
        }
    }

    [Fact]
    public async Task Every_utterance_ends_once_however_audio_stalls()
    {
        for (var round = 0; round < 25; round++)
        {
            await using var rig = await StartAsync(out var recognizer);
            Send(rig, Conversation(), Random.Next(5, 1_000), stall: () => Random.Next(15) == 0 ? TimeSpan.FromMilliseconds(Random.Next(6_000)) : TimeSpan.Zero);
            rig.Time.Advance(TimeSpan.FromSeconds(5));

            var utterances = recognizer.Utterances.Snapshot.Count;
            Assert.NotEqual(0, utterances);
            Assert.Equal(utterances, Ends(rig));
            Assert.All(recognizer.Utterances.Snapshot, one => Assert.True(one.Disposed));
            Assert.True(rig.Output.Messages[^1].ServerContent?.TurnComplete);
            rig.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(utterances, Ends(rig));
        }
    }

    private static Task<CascadeRig> StartAsync(out FakeRecognizer recognizer) =>
        CascadeRig.StartAsync(RecognitionTests.Parts(recognizer = new FakeRecognizer()), CascadeRig.Transcribed() with { ExplicitVadSignal = true });

    private static int Ends(CascadeRig rig) => rig.Output.Messages.Count(static one => one.VoiceActivity?.Type == VoiceActivityType.ActivityEnd);

    // Speech of two to four utterances; the last ends in up to two seconds of silence, or in the middle.
    private static short[] Conversation()
    {
        List<short> audio = [.. Silence(0.5)];
        for (var i = Random.Next(2, 5); i > 0; i--)
        {
            audio.AddRange(Speech(0.3 + (Random.NextDouble() * 2)));
            audio.AddRange(Silence(Random.NextDouble() * 2));
        }
        return [.. audio];
    }

    // Each message arrives when its last sample was recorded. A stall holds back this message and all that are recorded meanwhile.
    private static void Send(CascadeRig rig, short[] audio, int chunkMilliseconds, Func<TimeSpan>? stall = null)
    {
        var late = TimeSpan.Zero;
        foreach (var chunk in audio.Chunk(Rate * chunkMilliseconds / 1_000))
        {
            var length = PcmFormat.Hz16000.DurationOf(chunk.Length);
            var wait = length > late ? length - late : TimeSpan.Zero;
            late = late > length ? late - length : TimeSpan.Zero;
            var held = late > TimeSpan.Zero ? TimeSpan.Zero : stall?.Invoke() ?? TimeSpan.Zero;
            rig.Time.Advance(wait + held);
            late += held;
            rig.Session.ReceiveAudio(Pcm.ToBytes(chunk), Rate);
        }
    }

    private static short[] Silence(double seconds) => new short[(int)(seconds * Rate)];

    private static short[] Speech(double seconds) => CascadeRig.Buzz(TimeSpan.FromSeconds(seconds));
}

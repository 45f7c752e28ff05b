using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>Silence that ends a turn, by its partial transcript.</summary>
public sealed class EndpointingTests
{
    [Fact]
    public async Task A_complete_sentence_ends_the_turn_sooner()
    {
        var recognizer = FakeRecognizer.Hearing("what time is it now");
        await using var rig = await StartAsync(recognizer);

        await SpeakAsync(rig, recognizer, "what time is it now");
        rig.BeSilent(0.6);
        await rig.ExpectAsync("turnComplete");
    }

    [Fact]
    public async Task An_incomplete_sentence_keeps_the_turn_open()
    {
        var recognizer = FakeRecognizer.Hearing("turn on the lights");
        await using var rig = await StartAsync(recognizer);

        await SpeakAsync(rig, recognizer, "turn on the");
        rig.BeSilent(1.4);
        rig.Speak(0.5);
        rig.BeSilent(1.7);
        await rig.ExpectAsync("turnComplete");

        Assert.Single(recognizer.Utterances.Snapshot);
    }

    [Fact]
    public async Task A_silence_set_by_the_client_is_shortened_only_if_the_option_allows_it()
    {
        var setup = CascadeRig.Transcribed() with
        {
            RealtimeInputConfig = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { SilenceDurationMs = 1_000 } },
        };
        foreach (var mayShorten in new[] { false, true })
        {
            var recognizer = FakeRecognizer.Hearing("what time is it now");
            await using var rig = await CascadeRig.StartAsync(
                RecognitionTests.Parts(recognizer), setup, new CascadeOptions { ShortenClientSilence = mayShorten });
            var ended = rig.NextAsync("turnComplete");

            await SpeakAsync(rig, recognizer, "what time is it now");
            rig.BeSilent(0.7);
            if (!mayShorten)
            {
                Assert.DoesNotContain(rig.Output.Said.Snapshot, one => one.StartsWith("heard", StringComparison.Ordinal));
                rig.BeSilent(0.4);
            }
            await ended;
        }
    }

    [Fact]
    public async Task Without_turn_detection_the_configured_silence_applies()
    {
        var recognizer = FakeRecognizer.Hearing("what time is it now");
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(recognizer) with { TurnDetectors = null });

        await SpeakAsync(rig, recognizer, "what time is it now");
        rig.BeSilent(0.7);
        Assert.DoesNotContain(rig.Output.Said.Snapshot, one => one.StartsWith("heard", StringComparison.Ordinal));
        rig.BeSilent(0.2);
        await rig.ExpectAsync("turnComplete");
    }

    private static Task<CascadeRig> StartAsync(FakeRecognizer recognizer) => CascadeRig.StartAsync(RecognitionTests.Parts(recognizer));

    private static async Task SpeakAsync(CascadeRig rig, FakeRecognizer recognizer, string partial)
    {
        rig.BeSilent(1);
        rig.Speak(1);
        recognizer.Utterances.Snapshot[^1].Understand(partial);
        await rig.ExpectAsync("interim:" + partial);
        // The silence is set under the lock that is held while the interim text is sent; this waits for it.
        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput() });
    }
}

using Parley.Speech.Activity;
using Parley.TestKit;

namespace Parley.Speech.Tests;

public sealed class EnergyVoiceActivityDetectorTests
{
    [Fact]
    public void Silence_is_not_speech() => Assert.Equal(0, Share(Signals.Silence(1_000)));

    [Fact]
    public void A_voice_in_a_quiet_room_is_speech_from_its_first_window()
    {
        using var detector = new EnergyVoiceActivityDetector();
        Assert.True(detector.Process(Signals.Voice(20)) > 0.9f);
    }

    [Fact]
    public void The_hiss_of_a_microphone_after_digital_silence_is_not_speech() =>
        Assert.Equal(0, Share([.. Signals.Silence(2_000), .. Signals.Noise(2_000, 40)]));

    [Fact]
    public void Steady_noise_becomes_the_floor()
    {
        using var detector = new EnergyVoiceActivityDetector();
        Share(detector, Signals.Noise(4_000, 1_500));
        Assert.Equal(0, Share(detector, Signals.Noise(4_000, 1_500, seed: 2)));
        Assert.InRange(detector.NoiseFloorDecibels, -36, -30);
    }

    [Fact]
    public void An_offset_is_not_speech() =>
        Assert.Equal(0, Share([.. Enumerable.Repeat((short)3_000, 16_000)], skipWindows: 2));

    [Fact]
    public void A_voice_well_above_steady_noise_is_found()
    {
        short[] noise = Signals.Noise(8_000, 600);
        short[] voice = [.. Signals.Silence(5_000), .. Signals.Voice(1_500), .. Signals.Silence(1_500)];
        using var segmenter = new ActivitySegmenter(new EnergyVoiceActivityDetector());
        ReadOnlySpan<short> samples = Signals.Mix(noise, voice).AsSpan(0, 128_000);

        // Until the floor is known, noise counts as speech: the price of detecting speech from the first window.
        var starts = new List<long>();
        while (segmenter.Advance(ref samples, out var transition))
        {
            if (transition.Kind == ActivityTransitionKind.Started)
                starts.Add(transition.Sample);
        }

        Assert.InRange(starts[^1], 77_000, 80_000);
    }

    [Fact]
    public void A_voice_with_pauses_is_cut_into_its_activities()
    {
        short[] sound = [.. Signals.Silence(500), .. Signals.Voice(1_000), .. Signals.Silence(1_000), .. Signals.Voice(700), .. Signals.Silence(1_000)];
        using var segmenter = new ActivitySegmenter(new EnergyVoiceActivityDetector());
        ReadOnlySpan<short> samples = sound;
        var found = new List<ActivityTransition>();
        while (segmenter.Advance(ref samples, out var transition))
            found.Add(transition);

        Assert.Equal(4, found.Count);
        Assert.InRange(found[0].Sample, 8_000 - 1_600 - 320, 8_000);
        Assert.InRange(found[1].Sample, 24_000 - 1_600, 24_000 + 960);
        Assert.InRange(found[2].Sample, 40_000 - 1_600 - 320, 40_000);
    }

    [Fact]
    public void A_reset_detector_answers_like_a_new_one()
    {
        using var detector = new EnergyVoiceActivityDetector();
        var sound = Signals.Noise(1_000, 3_000);
        var first = Share(detector, sound);
        detector.Reset();
        Assert.Equal(first, Share(detector, sound));
    }

    [Fact]
    public void A_window_of_another_length_is_refused()
    {
        using var detector = new EnergyVoiceActivityDetector();
        Assert.Throws<ArgumentException>(() => detector.Process(new short[319]));
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        using var segmenter = new ActivitySegmenter(new EnergyVoiceActivityDetector());
        var sound = Signals.Voice(500);

        Assert.Equal(0, Allocated.Least(20, () => Advance(segmenter, sound)));

        static void Advance(ActivitySegmenter segmenter, ReadOnlySpan<short> samples)
        {
            while (segmenter.Advance(ref samples, out _))
            {
            }
        }
    }

    private static double Share(short[] sound, int skipWindows = 0)
    {
        using var detector = new EnergyVoiceActivityDetector();
        return Share(detector, sound, skipWindows);
    }

    private static double Share(EnergyVoiceActivityDetector detector, short[] sound, int skipWindows = 0)
    {
        var windows = sound.Chunk(detector.WindowSamples).Where(w => w.Length == detector.WindowSamples).ToArray();
        return windows.Select(w => detector.Process(w)).ToArray().Skip(skipWindows).Count(p => p >= 0.5f) / (double)windows.Length;
    }
}

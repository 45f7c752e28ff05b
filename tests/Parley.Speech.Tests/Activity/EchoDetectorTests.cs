using Parley.Speech.Activity;
using Parley.TestKit;

namespace Parley.Speech.Tests.Activity;

/// <summary>Echo of our output through a loudspeaker, a room and a microphone.</summary>
public sealed class EchoDetectorTests
{
    private const int Rate = 16_000;
    private const int Chunk = Rate / 50;

    private static readonly short[] Ours = Talker.Speak(seed: 1, seconds: 4);
    private static readonly short[] Theirs = Talker.Speak(seed: 2, seconds: 4);

    [Theory]
    [InlineData(0.05, 0.3)]
    [InlineData(0.15, 0.1)]
    [InlineData(0.4, 1)]
    [InlineData(0.9, 0.5)]
    public void Played_audio_is_an_echo_at_any_delay_and_level(double delay, double gain)
    {
        var verdicts = Listen(i => gain * At(Ours, i - Samples(delay)));

        Assert.All(verdicts, verdict => Assert.True(verdict.Similarity > 0.9, $"{verdict}"));
        Assert.All(verdicts, verdict => Assert.InRange(verdict.Delay.TotalSeconds, delay - 0.01, delay + 0.01));
    }

    [Fact]
    public void Noise_does_not_hide_an_echo()
    {
        var noise = Signals.Noise(4_000, amplitude: 130);

        var verdicts = Listen(i => (0.2 * At(Ours, i - Samples(0.2))) + noise[i]);

        Assert.InRange(verdicts.Count(verdict => verdict.IsEcho), verdicts.Count * 0.95, verdicts.Count);
    }

    [Fact]
    public void Reverberation_does_not_hide_an_echo()
    {
        var random = new Random(3);
        var walls = Enumerable.Range(0, 40).Select(_ => random.Next(3_000)).Select(at => (At: at, Gain: (random.NextDouble() - 0.5) * Math.Exp(-at / 1_000.0))).ToArray();

        var verdicts = Listen(i => 0.3 * (At(Ours, i - Samples(0.1)) + walls.Sum(wall => wall.Gain * At(Ours, i - Samples(0.1) - wall.At))));

        Assert.InRange(verdicts.Count(verdict => verdict.IsEcho), verdicts.Count * 0.9, verdicts.Count);
    }

    // A hundred fixed voices: syllables of two speakers are sometimes similar for a moment.
    [Fact]
    public void Another_voice_is_not_an_echo()
    {
        var voices = Enumerable.Range(10, 100).AsParallel().Select(seed =>
        {
            var other = Talker.Speak(seed, seconds: 4);
            var verdicts = Listen(i => other[i]);
            return (Echoes: verdicts.Count(verdict => verdict.IsEcho), verdicts.Count);
        }).ToList();

        Assert.InRange(voices.Sum(voice => voice.Echoes), 0, voices.Sum(voice => voice.Count) * 0.01);
        Assert.All(voices, voice => Assert.InRange(voice.Echoes, 0, 3));
    }

    [Fact]
    public void Speech_louder_than_the_echo_is_detected_within_half_a_second()
    {
        var verdicts = Listen(i => (0.1 * At(Ours, i - Samples(0.2))) + (i > 2 * Rate ? 0.3 * Theirs[i] : 0));

        Assert.All(verdicts.Where(verdict => verdict.At.TotalSeconds is < 2), verdict => Assert.True(verdict.IsEcho, $"{verdict}"));
        Assert.Contains(verdicts.Where(verdict => verdict.At.TotalSeconds is > 2 and < 2.5), verdict => !verdict.IsEcho);
        Assert.InRange(verdicts.Count(verdict => verdict.At.TotalSeconds > 2.4 && !verdict.IsEcho), 8, 100);
    }

    [Fact]
    public void Speech_over_the_echo_is_noticed_within_a_tenth_of_a_second_of_its_first_syllable()
    {
        var talks = TalksOver(i => (0.1 * At(Ours, i - Samples(0.2))) + (i > 2 * Rate ? 0.6 * Theirs[i] : 0));

        Assert.DoesNotContain(talks, talk => talk.At < 2 && talk.IsTalkedOver);
        Assert.Contains(talks, talk => talk.At is > 2 and < 2.1 && talk.IsTalkedOver);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.04)]
    [InlineData(-0.02)]
    public void An_echo_whose_delay_changes_is_not_speech_over_it(double later)
    {
        var talks = TalksOver(i => 0.3 * At(Ours, i - Samples(i > 2 * Rate ? 0.2 + later : 0.2)));

        Assert.DoesNotContain(talks, talk => talk.IsTalkedOver);
    }

    [Fact]
    public void Silence_is_not_an_echo_and_without_playback_nothing_is()
    {
        Assert.All(Listen(_ => 0), verdict => Assert.False(verdict.IsEcho));
        var detector = new EchoDetector();
        detector.Heard(Theirs, TimeSpan.FromSeconds(4));
        Assert.False(detector.IsAudible(TimeSpan.FromSeconds(4)));
        Assert.False(detector.IsEcho(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void Audio_dropped_by_the_client_is_not_expected_as_echo()
    {
        var detector = new EchoDetector();
        detector.Played(Played(Ours), TimeSpan.Zero);
        detector.Stopped(TimeSpan.FromSeconds(1));
        detector.Heard(Ours.AsSpan(0, 2 * Rate), TimeSpan.FromSeconds(2.4));

        Assert.False(detector.IsEcho(TimeSpan.FromSeconds(2.4)));
        Assert.True(detector.IsAudible(TimeSpan.FromSeconds(2)));
        Assert.False(detector.IsAudible(TimeSpan.FromSeconds(2.5)));
    }

    [Fact]
    public void A_second_answer_plays_from_the_time_it_is_sent()
    {
        var detector = new EchoDetector();
        detector.Played(Played(Theirs.AsSpan(0, Rate)), TimeSpan.Zero);
        detector.Played(Played(Ours.AsSpan(0, 2 * Rate)), TimeSpan.FromSeconds(10));
        detector.Heard(Ours.AsSpan(0, Rate), TimeSpan.FromSeconds(11.2));

        Assert.True(detector.IsEcho(TimeSpan.FromSeconds(11.2)));
        Assert.Equal(0.2, detector.Delay.TotalSeconds, 0.01);
    }

    [Fact]
    public void Echo_detection_allocates_nothing()
    {
        var detector = new EchoDetector();
        var played = Played(Ours);
        var from = 0;

        Assert.Equal(0, Allocated.Least(1, Round));

        void Round()
        {
            from += 10;
            detector.Played(played, TimeSpan.FromSeconds(from));
            for (var i = 0; i < 50; i++)
                detector.Heard(Ours.AsSpan(i * Chunk, Chunk), TimeSpan.FromSeconds(from + (0.02 * (i + 1))));
            detector.IsEcho(TimeSpan.FromSeconds(from + 1));
        }
    }

    // Four seconds of output, played from 0, and the microphone audio meanwhile, compared five times a second while an echo is possible.
    private static List<Verdict> Listen(Func<int, double> microphone)
    {
        var detector = new EchoDetector();
        detector.Played(Played(Ours), TimeSpan.Zero);
        var verdicts = new List<Verdict>();
        var chunk = new short[Chunk];
        for (var at = 0; at + Chunk <= Ours.Length; at += Chunk)
        {
            for (var i = 0; i < Chunk; i++)
                chunk[i] = (short)Math.Clamp(microphone(at + i), short.MinValue, short.MaxValue);
            var now = TimeSpan.FromSeconds((double)(at + Chunk) / Rate);
            detector.Heard(chunk, now);
            if (at % (5 * Chunk) == 0 && now > TimeSpan.FromSeconds(1.3))
                verdicts.Add(new Verdict(now, detector.IsEcho(now), detector.Similarity, detector.Delay));
        }
        return verdicts;
    }

    // The echo is found in the first two seconds; then every message is compared by its level only.
    private static List<(double At, bool IsTalkedOver)> TalksOver(Func<int, double> microphone)
    {
        var detector = new EchoDetector();
        detector.Played(Played(Ours), TimeSpan.Zero);
        var talks = new List<(double, bool)>();
        var chunk = new short[Chunk];
        for (var at = 0; at + Chunk <= Ours.Length; at += Chunk)
        {
            for (var i = 0; i < Chunk; i++)
                chunk[i] = (short)Math.Clamp(microphone(at + i), short.MinValue, short.MaxValue);
            var now = TimeSpan.FromSeconds((double)(at + Chunk) / Rate);
            detector.Heard(chunk, now);
            if (now < TimeSpan.FromSeconds(2) && at % (5 * Chunk) == 0)
                detector.IsEcho(now);
            talks.Add((now.TotalSeconds, detector.IsTalkedOver(now)));
        }
        return talks;
    }

    private static byte[] Played(ReadOnlySpan<short> samples)
    {
        var resampler = new Resampler(Rate, 24_000);
        var resampled = new short[resampler.MaxOutputSamples(samples.Length)];
        return Pcm.ToBytes(resampled.AsSpan(0, resampler.Process(samples, resampled)));
    }

    private static double At(short[] samples, int index) => index >= 0 && index < samples.Length ? samples[index] : 0;

    private static int Samples(double seconds) => (int)(seconds * Rate);

    private sealed record Verdict(TimeSpan At, bool IsEcho, float Similarity, TimeSpan Delay);
}

using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

public sealed class SpeechLoudnessTests
{
    private const string Text = "The quick brown fox jumps over the lazy dog. Is there anything else I can do for you?";

    // ITU-R BS.1770-4: a sine of 997 Hz at full scale in one channel is -3.01; a tenth of its amplitude is 20 less.
    [Theory]
    [InlineData(48_000, 1, -3.01)]
    [InlineData(24_000, 1, -3.01)]
    [InlineData(16_000, 0.1, -23.01)]
    public void The_reference_sine_has_the_loudness_of_the_standard(int rateHz, double amplitude, double expected) =>
        Assert.Equal(expected, SpeechLoudness.Of(Sine(997, amplitude, 2, rateHz), rateHz), 0.1);

    // The high-pass filter of the standard; the ear hardly notices 25 Hz.
    [Fact]
    public void A_rumble_is_much_less_loud_than_it_is_strong() => Assert.InRange(SpeechLoudness.Of(Sine(25, 1, 2, 48_000), 48_000), -20, -10);

    // EBU Tech 3341 tests that pauses do not count.
    [Fact]
    public void Pauses_do_not_count()
    {
        var tone = Sine(997, 0.1, 3, 24_000);
        var loudness = SpeechLoudness.Of([.. new short[48_000], .. tone, .. new short[96_000], .. tone], 24_000);
        Assert.Equal(-23.0, loudness, 0.4);
    }

    [Fact]
    public void Silence_has_no_loudness()
    {
        Assert.Equal(double.NegativeInfinity, SpeechLoudness.Of(new short[24_000], 24_000));
        Assert.Equal(double.NegativeInfinity, SpeechLoudness.Of([], 24_000));
    }

    [Fact]
    public async Task All_voices_of_flite_are_equally_loud_and_none_is_clipped()
    {
        Assert.SkipUnless(FliteSynthesizer.TryCreate(null, new FakeTimeProvider(), null, out var flite, out var problem), problem);
        using (flite)
            await AssertEqualAsync(flite);
    }

    [Fact]
    public async Task All_voices_of_espeak_are_equally_loud_and_none_is_clipped()
    {
        Assert.SkipUnless(EspeakSynthesizer.TryCreate(null, new FakeTimeProvider(), out var espeak, out var problem), problem);
        using (espeak)
            await AssertEqualAsync(espeak);
    }

    private static async Task AssertEqualAsync(ISpeechSynthesizer synthesizer)
    {
        var loudness = new List<double>();
        foreach (var voice in VoiceCatalog.All)
        {
            var samples = await synthesizer.CollectAsync(Text, voice);
            Assert.InRange(samples.Max(static sample => Math.Abs((int)sample)), 1_000, short.MaxValue - 1);
            loudness.Add(SpeechLoudness.Of(samples, 24_000));
        }
        Assert.InRange(loudness.Max() - loudness.Min(), 0, 2);
        Assert.InRange(loudness.Average(), SpeechLoudness.Target - 1, SpeechLoudness.Target + 1);
    }

    internal static short[] Sine(double frequencyHz, double amplitude, double seconds, int rateHz) =>
        [.. Enumerable.Range(0, (int)(seconds * rateHz)).Select(i => (short)(amplitude * short.MaxValue * Math.Sin(Math.Tau * frequencyHz * i / rateHz)))];
}

using Parley.Speech.Worker.Recognition;

namespace Parley.Speech.Tests;

/// <summary>The upper half of the spectrum of telephone speech.</summary>
public sealed class TelephoneBandTests
{
    private const int Chunk = 640;

    [Fact]
    public void Sound_of_a_telephone_gets_its_mirror_image_above_4_kHz()
    {
        var heard = Process(Tone(1_500));

        Assert.InRange(Level(heard, 1_500), 4_800, 5_200);
        Assert.InRange(Level(heard, 6_500), 500, 1_500);
    }

    [Theory]
    [InlineData(6_000, 500)]
    [InlineData(7_000, 100)]
    [InlineData(5_200, 100)]
    public void Sound_with_an_upper_half_is_not_changed(int frequency, int amplitude)
    {
        short[] sound = [.. Tone(700).Zip(Tone(frequency, amplitude), static (low, high) => (short)(low + high))];

        Assert.Equal(sound, Process(sound));
    }

    [Fact]
    public void Silence_stays_silence() => Assert.All(Process(new short[3_200]), static sample => Assert.Equal(0, sample));

    [Fact]
    public void Loud_sound_is_limited()
    {
        var heard = Process(Tone(3_000, 32_767));

        Assert.Contains(short.MaxValue, heard);
        Assert.InRange(Level(heard, 3_000), 25_000, 33_000);
    }

    [Fact]
    public void Each_utterance_is_judged_by_itself()
    {
        var band = new TelephoneBand();
        band.Begin();
        Assert.Equal(Tone(6_000)[..Chunk], band.Process(Tone(6_000).AsSpan(0, Chunk)).ToArray());
        band.Begin();

        Assert.NotEqual(Tone(1_500)[..Chunk], band.Process(Tone(1_500).AsSpan(0, Chunk)).ToArray());
    }

    private static short[] Process(short[] sound)
    {
        var band = new TelephoneBand();
        band.Begin();
        return [.. sound.Chunk(Chunk).SelectMany(chunk => band.Process(chunk).ToArray())];
    }

    // It begins softly: a sudden start has all frequencies.
    private static short[] Tone(int frequency, int amplitude = 5_000) =>
        [.. Enumerable.Range(0, 16_000).Select(i => (short)(amplitude * Math.Min(1, i / 800.0) * Math.Sin(2 * Math.PI * frequency * i / 16_000)))];

    private static double Level(short[] sound, int frequency)
    {
        var (sine, cosine) = (0.0, 0.0);
        for (var i = 8_000; i < sound.Length; i++)
        {
            sine += sound[i] * Math.Sin(2 * Math.PI * frequency * i / 16_000);
            cosine += sound[i] * Math.Cos(2 * Math.PI * frequency * i / 16_000);
        }
        return 2 * Math.Sqrt((sine * sine) + (cosine * cosine)) / (sound.Length - 8_000);
    }
}

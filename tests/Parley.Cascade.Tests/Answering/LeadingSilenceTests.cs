using Parley.Cascade.Answering;

namespace Parley.Cascade.Tests.Answering;

/// <summary>What an answer loses at its start, for chunks of several lengths.</summary>
public sealed class LeadingSilenceTests
{
    private const int PerMs = 24;

    public static TheoryData<int> ChunkSamples => [1, 7, 240, 960, 4_801, 100_000];

    [Theory]
    [MemberData(nameof(ChunkSamples))]
    public void Soft_start_is_kept_whole(int chunk)
    {
        var fade = Fade();

        Assert.Equal(fade, Trim(fade, chunk));
    }

    [Theory]
    [MemberData(nameof(ChunkSamples))]
    public void Soft_start_after_silence_is_kept_whole(int chunk)
    {
        var fade = Fade();

        Assert.Equal(fade, Trim([.. new short[100 * PerMs], .. fade], chunk));
    }

    [Theory]
    [MemberData(nameof(ChunkSamples))]
    public void Pause_of_a_second_loses_200_ms(int chunk)
    {
        var word = Tone(100, static _ => 8_000);

        Assert.Equal([.. new short[800 * PerMs], .. word], Trim([.. new short[1_000 * PerMs], .. word], chunk));
    }

    [Theory]
    [MemberData(nameof(ChunkSamples))]
    public void Digital_silence_is_dropped_up_to_200_ms(int chunk)
    {
        short[] word = [2_000, .. Tone(100, static _ => 8_000)];

        Assert.Equal(word, Trim([.. new short[50 * PerMs], .. word], chunk));
        Assert.Equal(word, Trim([.. new short[200 * PerMs], .. word], chunk));
        Assert.Equal([.. new short[300 * PerMs], .. word], Trim([.. new short[500 * PerMs], .. word], chunk));
    }

    [Theory]
    [MemberData(nameof(ChunkSamples))]
    public void Noise_at_minus_70_dBFS_is_dropped_but_for_20_ms(int chunk)
    {
        var noise = Noise(150, 10);
        short[] word = [2_000, .. Tone(100, static _ => 8_000)];

        Assert.Equal([.. noise[^(20 * PerMs)..], .. word], Trim([.. noise, .. word], chunk));
    }

    [Theory]
    [MemberData(nameof(ChunkSamples))]
    public void Noise_at_minus_50_dBFS_is_kept(int chunk)
    {
        var noise = Noise(150, 103);

        Assert.Equal(noise, Trim(noise, chunk));
    }

    [Fact]
    public void Silence_after_the_start_is_kept()
    {
        short[] pcm = [2_000, .. new short[1_000 * PerMs], 2_000];

        Assert.Equal(pcm, Trim(pcm, 960));
    }

    private static short[] Trim(short[] pcm, int chunkSamples)
    {
        var silence = new LeadingSilence();
        return [.. pcm.Chunk(chunkSamples).SelectMany(chunk => Pcm.ToSamples(silence.Trim(Pcm.ToBytes(chunk)).ToArray()))];
    }

    // From nothing to −20 dBFS in half a second; the first 5 ms are below −60 dBFS. Samples of zero before the first other one are not part of it.
    private static short[] Fade() => [.. Tone(500, static i => 3_277.0 * i / (500 * PerMs)).SkipWhile(static sample => sample == 0)];

    private static short[] Tone(int milliseconds, Func<int, double> level) =>
        [.. Enumerable.Range(0, milliseconds * PerMs).Select(i => (short)(level(i) * Math.Sin(0.3 * i)))];

    // Constant peaks: every sample has the level, with a sign of its own.
    private static short[] Noise(int milliseconds, short level)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, milliseconds * PerMs).Select(_ => random.Next(2) == 0 ? level : (short)-level)];
    }
}

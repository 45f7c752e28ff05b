using CsCheck;
using Parley.TestKit;

namespace Parley.Audio.Tests;

public sealed class ResamplerTests
{
    private static readonly int[] SomeRates = [8_000, 11_025, 15_040, 16_000, 22_050, 24_000, 44_100, 48_000, 16_001, 47_999];
    private static readonly Gen<int> Rates = Gen.Int[0, SomeRates.Length - 1].Select(i => SomeRates[i]);

    [Fact]
    public void Any_chunking_gives_the_same_output() =>
        Gen.Select(Rates, Rates, Signals.AnySamples, Gen.Int[1, 3_000].Array[1, 10]).Sample((from, to, samples, cuts) =>
        {
            var bytes = Pcm.ToBytes(samples);
            var whole = Convert(from, to, samples);
            var resampler = new Resampler(from, to);
            var output = new List<short>();
            var room = new short[resampler.MaxOutputSamples(2_000)];
            for (int at = 0, i = 0; at < bytes.Length; i++)
            {
                var take = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
                output.AddRange(room[..resampler.Process(bytes.AsSpan(at, take), room)]);
                at += take;
            }
            var tail = new short[resampler.MaxFlushSamples];
            output.AddRange(tail[..resampler.Flush(tail)]);

            Assert.Equal(whole, output);
        });

    [Fact]
    public void The_output_has_exactly_as_many_samples_as_the_ratio_says() =>
        Gen.Select(Rates, Rates, Signals.AnySamples).Sample((from, to, samples) =>
            Assert.Equal((((long)samples.Length * to) + from - 1) / from, Convert(from, to, samples).Length));

    [Fact]
    public void The_maximum_is_never_exceeded_and_asks_for_no_more_than_one_sample_too_many() =>
        Gen.Select(Rates, Rates, Gen.Int[0, 1_000].Array[1, 20]).Sample((from, to, sizes) =>
        {
            var resampler = new Resampler(from, to);
            foreach (var size in sizes)
            {
                var room = new short[resampler.MaxOutputSamples(size)];
                Assert.InRange(resampler.Process(new short[size], room), 0, room.Length);
            }
        });

    // A little below the figures of the prototype: mean 91 dB, worst 89.7 dB. Quantisation alone allows 92 dB at this level.
    [Theory]
    [InlineData(22_050, 24_000)]
    [InlineData(16_000, 24_000)]
    [InlineData(15_040, 24_000)]
    [InlineData(24_000, 16_000)]
    [InlineData(44_100, 16_000)]
    [InlineData(48_000, 16_000)]
    [InlineData(8_000, 16_000)]
    [InlineData(16_001, 24_000)]
    public void Sines_in_the_passband_keep_a_signal_to_noise_ratio_of_85_dB(int from, int to)
    {
        var nyquist = Math.Min(from, to) / 2;
        var worst = new[] { 0.02, 0.1, 0.3, 0.5, 0.7, 0.8 }.Min(part =>
        {
            var output = Convert(from, to, Signals.Sine(part * nyquist, from, from));
            return Signals.SignalToNoise(output.AsSpan(1_000, output.Length - 2_000), part * nyquist, to);
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{from} -> {to}: worst {worst:F1} dB");
        Assert.True(worst > 85, $"{worst:F1} dB");
    }

    [Theory]
    [InlineData(48_000, 16_000)]
    [InlineData(44_100, 16_000)]
    [InlineData(24_000, 16_000)]
    public void Sines_above_the_new_band_are_80_dB_down(int from, int to)
    {
        foreach (var part in (double[])[1.15, 1.3, 1.45])
        {
            var input = Signals.Sine(part * to / 2, from, from);
            var output = Convert(from, to, input);
            var decibels = 20 * Math.Log10(Math.Max(Signals.Rms(output.AsSpan(1_000, output.Length - 2_000)), 1e-3) / Signals.Rms(input));
            Assert.True(decibels < -80, $"{part}: {decibels:F1} dB");
        }
    }

    [Fact]
    public void A_constant_signal_stays_constant()
    {
        var output = Convert(22_050, 24_000, [.. Enumerable.Repeat((short)12_345, 5_000)]);
        Assert.All(output[100..^100], sample => Assert.Equal(12_345, sample));
    }

    [Fact]
    public void Full_scale_squares_saturate_and_do_not_wrap()
    {
        short[] square = [.. Enumerable.Range(0, 4_000).Select(i => i / 50 % 2 == 0 ? short.MaxValue : short.MinValue)];
        var output = Convert(16_000, 24_000, square);
        for (var i = 20; i < 50; i++)
            Assert.True(output[i] > 20_000, $"{i}: {output[i]}");
    }

    [Fact]
    public void Equal_rates_copy_samples() =>
        Signals.AnySamples.Sample(samples => Assert.Equal(samples, Convert(24_000, 24_000, samples)));

    [Fact]
    public void A_flushed_resampler_is_reset()
    {
        var resampler = new Resampler(16_000, 24_000);
        var input = Signals.Sine(440, 16_000, 3_000);
        Assert.Equal(Convert(resampler, input), Convert(resampler, input));
    }

    [Fact]
    public void A_short_buffer_is_refused_and_loses_no_samples()
    {
        var resampler = new Resampler(16_000, 24_000);
        var input = Signals.Sine(440, 16_000, 3_000);
        Assert.Throws<ArgumentException>(() => resampler.Process(input, new short[100]));
        Assert.Equal(Convert(16_000, 24_000, input), Convert(resampler, input));
    }

    [Theory]
    [InlineData(3_999, 16_000)]
    [InlineData(16_000, 192_001)]
    [InlineData(0, -1)]
    public void Absurd_rates_are_refused(int from, int to) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(from, to));

    [Fact]
    public void A_call_allocates_nothing()
    {
        var resampler = new Resampler(48_000, 16_000);
        var input = new byte[1_921];
        var output = new short[resampler.MaxOutputSamples(961)];

        Assert.Equal(0, Allocated.Least(100, () => resampler.Process(input, output)));
    }

    private static short[] Convert(int from, int to, short[] input) => Convert(new Resampler(from, to), input);

    private static short[] Convert(Resampler resampler, short[] input)
    {
        var output = new short[resampler.MaxOutputSamples(input.Length) + resampler.MaxFlushSamples];
        var written = resampler.Process(input, output);
        return output[..(written + resampler.Flush(output.AsSpan(written)))];
    }
}

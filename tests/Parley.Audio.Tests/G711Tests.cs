using Parley.TestKit;

namespace Parley.Audio.Tests;

public sealed class G711Tests
{
    // ITU-T G.711, tables 1 and 2: the width of the intervals, at the scale of the table; 4096 is full scale of A-law, 8159 of μ-law.
    private static readonly int[] MuLawDecisions = Decisions([.. Widths(1, 1), .. Widths(15, 2), .. Widths(16, 4), .. Widths(16, 8),
        .. Widths(16, 16), .. Widths(16, 32), .. Widths(16, 64), .. Widths(16, 128), .. Widths(16, 256)]);
    private static readonly int[] ALawDecisions = Decisions([.. Widths(32, 2), .. Widths(16, 4), .. Widths(16, 8),
        .. Widths(16, 16), .. Widths(16, 32), .. Widths(16, 64), .. Widths(16, 128)]);

    [Theory]
    [InlineData(G711Law.MuLaw)]
    [InlineData(G711Law.ALaw)]
    public void Every_sample_goes_to_the_interval_of_the_recommendation(G711Law law)
    {
        short[] samples = [.. Enumerable.Range(short.MinValue, ushort.MaxValue + 1).Select(static value => (short)value)];
        var codes = new byte[samples.Length];

        Assert.Equal(samples.Length, G711.Encode(law, samples, codes));

        for (var i = 0; i < samples.Length; i++)
        {
            var expected = Code(law, samples[i]);
            Assert.True(expected == codes[i], $"{samples[i]}: {codes[i]:X2} instead of {expected:X2}");
            Assert.Equal(expected, G711.Encode(law, samples[i]));
        }
    }

    [Theory]
    [InlineData(G711Law.MuLaw)]
    [InlineData(G711Law.ALaw)]
    public void Every_code_gives_the_value_of_the_recommendation(G711Law law)
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Select(static code => (byte)code)];
        var samples = new short[codes.Length];

        Assert.Equal(codes.Length, G711.Decode(law, codes, samples));

        for (var interval = 0; interval < 128; interval++)
        {
            Assert.Equal(Value(law, interval), samples[Code(law, interval, isNegative: false)]);
            Assert.Equal(-Value(law, interval), samples[Code(law, interval, isNegative: true)]);
        }
        Assert.All(codes, code => Assert.Equal(samples[code], G711.Decode(law, code)));
    }

    [Theory]
    [InlineData(G711Law.MuLaw)]
    [InlineData(G711Law.ALaw)]
    public void Every_code_but_negative_zero_survives_a_round_trip(G711Law law)
    {
        for (var code = 0; code < 256; code++)
        {
            var expected = law == G711Law.MuLaw && code == 0x7F ? 0xFF : code;
            Assert.Equal(expected, G711.Encode(law, G711.Decode(law, (byte)code)));
        }
    }

    // Table 5 and 6 of G.711: a sine of 1 kHz at 0 dBm0.
    [Theory]
    [InlineData(G711Law.MuLaw, "1E0B0B1E9E8B8B9E")]
    [InlineData(G711Law.ALaw, "34212134B4A1A1B4")]
    public void The_test_sequence_of_the_recommendation_is_a_sine_of_1_kHz(G711Law law, string sequence)
    {
        var codes = Convert.FromHexString(sequence);
        byte[] second = [.. Enumerable.Range(0, G711.SampleRateHz).Select(i => codes[i % codes.Length])];
        var samples = new short[second.Length];
        G711.Decode(law, second, samples);

        Assert.True(Signals.SignalToNoise(samples, 1_000, G711.SampleRateHz) > 30);
        var encoded = new byte[second.Length];
        G711.Encode(law, samples, encoded);
        Assert.Equal(second, encoded);
    }

    [Theory]
    [InlineData(G711Law.MuLaw, 0xFF, 0x80, 0x00, 32_124)]
    [InlineData(G711Law.ALaw, 0xD5, 0xAA, 0x2A, 32_256)]
    public void Silence_and_full_scale_have_their_codes(G711Law law, byte silence, byte highest, byte lowest, short peak)
    {
        Assert.Equal(silence, G711.Silence(law));
        Assert.Equal(highest, G711.Encode(law, short.MaxValue));
        Assert.Equal(lowest, G711.Encode(law, short.MinValue));
        Assert.Equal(peak, G711.Decode(law, highest));
        Assert.Equal(-peak, G711.Decode(law, lowest));
    }

    [Theory]
    [InlineData(G711Law.MuLaw)]
    [InlineData(G711Law.ALaw)]
    public void Speech_keeps_a_signal_to_noise_ratio_of_35_dB_at_any_level(G711Law law)
    {
        foreach (var amplitude in (double[])[30_000, 10_000, 3_000, 1_000])
        {
            var sine = Signals.Sine(1_010, G711.SampleRateHz, G711.SampleRateHz, amplitude);
            var codes = new byte[sine.Length];
            G711.Encode(law, sine, codes);
            G711.Decode(law, codes, sine);
            var ratio = Signals.SignalToNoise(sine, 1_010, G711.SampleRateHz);
            Assert.True(ratio > 35, $"{amplitude}: {ratio:F1} dB");
        }
    }

    [Fact]
    public void A_short_buffer_and_an_unknown_law_are_refused()
    {
        Assert.Throws<ArgumentException>(() => G711.Encode(G711Law.ALaw, new short[2], new byte[1]));
        Assert.Throws<ArgumentException>(() => G711.Decode(G711Law.MuLaw, new byte[2], new short[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => G711.Encode((G711Law)2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => G711.Silence((G711Law)(-1)));
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        var samples = new short[160];
        var codes = new byte[160];

        Assert.Equal(0, Allocated.Least(100, () => G711.Encode(G711Law.MuLaw, samples, codes)));
        Assert.Equal(0, Allocated.Least(100, () => G711.Decode(G711Law.ALaw, codes, samples)));
    }

    // A sample on a decision value belongs to the interval above it.
    private static byte Code(G711Law law, short sample)
    {
        var (decisions, scale) = Table(law);
        var interval = sample >= 0
            ? Enumerable.Range(0, 128).Last(n => decisions[n] * scale <= sample)
            : Enumerable.Range(0, 128).Last(n => -decisions[n] * scale > sample);
        return Code(law, interval, sample < 0);
    }

    // Character signals count down in μ-law; even bits are inverted in A-law. The first bit is 1 for positive values in both.
    private static byte Code(G711Law law, int interval, bool isNegative) =>
        (byte)((isNegative ? 0 : 0x80) | (law == G711Law.MuLaw ? 127 - interval : interval ^ 0x55));

    // The value of an interval is its middle; that of the first of μ-law is zero.
    private static int Value(G711Law law, int interval)
    {
        var (decisions, scale) = Table(law);
        return law == G711Law.MuLaw && interval == 0 ? 0 : (decisions[interval] + decisions[interval + 1]) * scale / 2;
    }

    private static (int[] Decisions, int Scale) Table(G711Law law) => law == G711Law.MuLaw ? (MuLawDecisions, 4) : (ALawDecisions, 8);

    private static IEnumerable<int> Widths(int count, int width) => Enumerable.Repeat(width, count);

    private static int[] Decisions(int[] widths)
    {
        var decisions = new int[widths.Length + 1];
        for (var i = 0; i < widths.Length; i++)
            decisions[i + 1] = decisions[i] + widths[i];
        return decisions;
    }
}

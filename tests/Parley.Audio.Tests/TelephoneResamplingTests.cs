using Parley.TestKit;

namespace Parley.Audio.Tests;

/// <summary>Between the 8 kHz of a telephone and the 16 and 24 kHz of a session, in frames of 20 ms.</summary>
public sealed class TelephoneResamplingTests
{
    public static TheoryData<int, int> Ways => new() { { 8_000, 16_000 }, { 8_000, 24_000 }, { 16_000, 8_000 }, { 24_000, 8_000 } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_sine_has_no_click_where_frames_meet(int from, int to)
    {
        var output = Frames(from, to, Signals.Sine(1_000, from, from), from / 50);

        // A click would be a step that the sine does not have.
        var ratio = Signals.SignalToNoise(output.AsSpan(to / 50, output.Length - (to / 25)), 1_000, to);
        Assert.True(ratio > 85, $"{ratio:F1} dB");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Frames_of_any_length_give_the_same_samples(int from, int to)
    {
        var input = Signals.Voice(1_000, rate: from);
        var whole = Frames(from, to, input, input.Length);

        Assert.All((int[])[1, 7, 80, 159, 160, 161, 480], length => Assert.Equal(whole, Frames(from, to, input, length)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Each_frame_after_the_first_gives_20_ms(int from, int to)
    {
        var resampler = new Resampler(from, to);
        var frame = new short[from / 50];
        var room = new short[resampler.MaxOutputSamples(frame.Length)];

        // The first lacks what the filter looks ahead: 3 ms.
        Assert.InRange(resampler.Process(frame, room), to / 50 * 16 / 20, to / 50);
        for (var i = 0; i < 50; i++)
            Assert.Equal(to / 50, resampler.Process(frame, room));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_band_of_a_telephone_passes_within_a_fifth_of_a_decibel(int from, int to)
    {
        foreach (var frequency in (int[])[100, 300, 1_000, 2_000, 3_000, 3_400])
            Assert.InRange(Gain(from, to, frequency), -0.2, 0.2);
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(24_000)]
    public void Frequencies_above_the_band_of_a_telephone_are_80_dB_down(int from)
    {
        foreach (var frequency in (int[])[4_600, 5_000, 6_000, 7_000, 7_900])
            Assert.True(Gain(from, 8_000, frequency) < -80, $"{frequency} Hz: {Gain(from, 8_000, frequency):F1} dB");
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        foreach (var (from, to) in Ways.Select(static row => row.Data))
        {
            var resampler = new Resampler(from, to);
            var frame = new short[from / 50];
            var room = new short[resampler.MaxOutputSamples(frame.Length)];
            Assert.Equal(0, Allocated.Least(100, () => resampler.Process(frame, room)));
        }
    }

    private static double Gain(int from, int to, int frequency)
    {
        var input = Signals.Sine(frequency, from, from);
        var output = Frames(from, to, input, from / 50);
        return 20 * Math.Log10(Math.Max(Signals.Rms(output.AsSpan(to / 10, to * 8 / 10)), 1e-3) / Signals.Rms(input.AsSpan(from / 10, from * 8 / 10)));
    }

    private static short[] Frames(int from, int to, short[] input, int length)
    {
        var resampler = new Resampler(from, to);
        var room = new short[Math.Max(resampler.MaxOutputSamples(length), resampler.MaxFlushSamples)];
        var output = new List<short>();
        for (var at = 0; at < input.Length; at += length)
            output.AddRange(room[..resampler.Process(input.AsSpan(at, Math.Min(length, input.Length - at)), room)]);
        output.AddRange(room[..resampler.Flush(room)]);
        return [.. output];
    }
}

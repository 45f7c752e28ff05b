using CsCheck;

namespace Parley.Audio.Tests;

public sealed class PcmTests
{
    [Fact]
    public void Samples_round_trip_through_bytes() =>
        Signals.AnySamples.Sample(samples => Assert.Equal(samples, Pcm.ToSamples(Pcm.ToBytes(samples))));

    [Fact]
    public void Bytes_are_little_endian() => Assert.Equal([0x34, 0x12, 0xFF, 0xFF], Pcm.ToBytes([0x1234, -1]));

    [Fact]
    public void An_odd_byte_at_the_end_is_left_out() => Assert.Equal([0x1234], Pcm.ToSamples([0x34, 0x12, 0x56]));

    [Fact]
    public void A_destination_that_is_too_short_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Pcm.ToSamples(new byte[4], new short[1]));
        Assert.Throws<ArgumentException>(() => Pcm.ToBytes(new short[2], new byte[3]));
    }

    [Fact]
    public void Sample_counts_round_trip_through_durations() =>
        Gen.Select(Gen.Int[1, 192_000], Gen.Long[0, 1L << 40]).Sample((rate, samples) =>
        {
            var format = new PcmFormat(rate);
            Assert.Equal(samples, format.SamplesIn(format.DurationOf(samples)));
        });

    [Fact]
    public void A_second_at_24_kHz_has_48000_bytes()
    {
        Assert.Equal(48_000, PcmFormat.Hz24000.BytesIn(TimeSpan.FromSeconds(1)));
        Assert.Equal(48_000, PcmFormat.Hz24000.BytesPerSecond);
        Assert.Equal(TimeSpan.FromMilliseconds(20), PcmFormat.Hz24000.DurationOfBytes(961));
    }
}

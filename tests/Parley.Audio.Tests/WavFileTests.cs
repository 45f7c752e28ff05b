using CsCheck;
using static Parley.Audio.Tests.WavBytes;

namespace Parley.Audio.Tests;

public sealed class WavFileTests
{
    [Fact]
    public void Written_files_are_read_back() =>
        Gen.Select(Gen.Int[1, 192_000], Signals.AnySamples).Sample((rate, samples) =>
        {
            var read = WavFile.Parse(Bytes(new WavFile(rate, samples)));
            Assert.Equal(rate, read.SampleRateHz);
            Assert.Equal(samples, read.Samples.ToArray());
        });

    [Fact]
    public void The_streaming_writer_makes_the_same_file() =>
        Gen.Select(Signals.AnySamples, Gen.Int[1, 500]).Sample((samples, chunk) =>
        {
            using var stream = new MemoryStream();
            using (var writer = new WavWriter(stream, 16_000, leaveOpen: true))
            {
                foreach (var part in Pcm.ToBytes(samples).Chunk(chunk))
                    writer.Write(part);
            }

            Assert.Equal(Bytes(new WavFile(16_000, samples)), stream.ToArray());
        });

    [Fact]
    public void A_file_whose_lengths_were_never_set_is_read_to_the_end()
    {
        using var stream = new MemoryStream();
        using var writer = new WavWriter(stream, 8_000, leaveOpen: true);
        writer.Write((short[])[1, 2, 3]);

        Assert.Equal([1, 2, 3], WavFile.Parse(stream.ToArray()).Samples.ToArray());
    }

    [Fact]
    public void The_writer_closes_the_stream_unless_told_otherwise()
    {
        var stream = new MemoryStream();
        new WavWriter(stream, 8_000).Dispose();
        Assert.False(stream.CanWrite);
    }

    [Fact]
    public void Other_chunks_are_skipped_and_odd_ones_are_padded()
    {
        var file = Riff([.. Chunk("LIST", [1, 2, 3]), .. Fmt(1, 1, 16_000, 16), .. Chunk("fact", [0]), .. Chunk("data", [1, 0, 2, 0]), .. Chunk("id3 ", [9])]);
        Assert.Equal([1, 2], WavFile.Parse(file).Samples.ToArray());
    }

    [Fact]
    public void Stereo_is_mixed_by_the_mean()
    {
        var file = Riff([.. Fmt(1, 2, 44_100, 16), .. Chunk("data", Pcm.ToBytes([100, 300, short.MaxValue, short.MaxValue]))]);
        Assert.Equal([200, short.MaxValue], WavFile.Parse(file).Samples.ToArray());
    }

    [Fact]
    public void Extensible_pcm_is_read()
    {
        byte[] extension = [22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
        var file = Riff([.. Fmt(0xFFFE, 1, 16_000, 16, extension), .. Chunk("data", [5, 0])]);
        Assert.Equal([5], WavFile.Parse(file).Samples.ToArray());
    }

    [Theory]
    [InlineData(2, 1, 4, "format 2 (Microsoft ADPCM)")]
    [InlineData(17, 1, 4, "format 17 (IMA ADPCM)")]
    [InlineData(49, 1, 0, "format 49 (GSM 6.10)")]
    [InlineData(85, 2, 0, "format 85 (MPEG audio)")]
    [InlineData(300, 1, 16, "format 300;")]
    [InlineData(1, 1, 0, "0-bit")]
    [InlineData(1, 1, 64, "64-bit")]
    [InlineData(3, 1, 16, "16-bit")]
    [InlineData(6, 1, 16, "16-bit")]
    [InlineData(1, 0, 16, "0 channels")]
    [InlineData(0xFFFE, 1, 16, "no sub-format")]
    public async Task Formats_that_are_not_supported_are_refused_by_name(int tag, int channels, int bits, string expected)
    {
        var file = Riff([.. Fmt(tag, channels, 16_000, bits), .. Chunk("data", [0, 0])]);

        Assert.Contains(expected, Assert.Throws<FormatException>(() => WavFile.Parse(file)).Message, StringComparison.Ordinal);
        Assert.Contains(expected, (await Assert.ThrowsAsync<FormatException>(async () => await new WavReader(new MemoryStream(file)).ReadHeaderAsync(TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_but_FormatException_comes_out_of_broken_files()
    {
        var good = Bytes(new WavFile(16_000, new short[20]));
        Gen.Select(Gen.Int[0, good.Length], Gen.Int[0, good.Length - 1], Gen.Byte).Sample((length, at, value) =>
        {
            var broken = (byte[])good.Clone();
            broken[at] = value;
            try
            {
                WavFile.Parse(broken.AsSpan(0, length));
            }
            catch (FormatException)
            {
            }
        });
    }

    private static byte[] Bytes(WavFile file)
    {
        using var stream = new MemoryStream();
        file.Write(stream);
        return stream.ToArray();
    }
}

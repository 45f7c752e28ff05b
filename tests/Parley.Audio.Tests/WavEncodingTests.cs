using System.Buffers.Binary;
using CsCheck;
using static Parley.Audio.Tests.WavBytes;

namespace Parley.Audio.Tests;

/// <summary>Every encoding, size and damage that a WAV file may have, read whole and as a stream.</summary>
public sealed class WavEncodingTests
{
    private static readonly Gen<WavCase> Cases = Gen.Select(
        Gen.OneOf(Encodings), Gen.Int[1, 9], Gen.Int[1, 192_000], Gen.Short.Array[0, 60], Gen.Bool, Gen.OneOf("RIFF", "RF64", "BW64"), Gen.Enum<Length>(),
        static (encoding, channels, rate, samples, extensible, id, length) => new WavCase(encoding.Tag, encoding.Bits, channels, rate, samples, extensible, id, length));

    public enum Length
    {
        Right,
        Zero,
        Unknown,
        TooLong,
    }

    [Fact]
    public void Every_encoding_is_read_by_any_number_of_channels_and_any_length() => Cases.Sample(wav =>
    {
        var read = WavFile.Parse(wav.File);

        Assert.Equal(wav.Rate, read.SampleRateHz);
        Assert.Equal(wav.Expected, read.Samples.ToArray());
    }, iter: 3_000);

    [Fact]
    public void Stream_in_pieces_gives_what_the_whole_file_gives() => Gen.Select(Cases, Gen.Int[1, 50], Gen.Int[2, 301]).Sample((wav, piece, room) =>
    {
        var reader = new WavReader(new PieceStream(wav.File, piece), 16_000);

        var read = ReadAll(reader, room);

        Assert.True(reader.IsWav);
        Assert.Equal(wav.Rate, reader.SampleRateHz);
        Assert.Equal(Pcm.ToBytes(wav.Expected), read);
    }, iter: 3_000);

    [Fact]
    public void Raw_pcm_passes_unchanged() => Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[1, 50], Gen.Int[2, 101]).Sample((bytes, piece, room) =>
    {
        if (bytes is [(byte)'R', (byte)'I', ..] or [(byte)'R', (byte)'F', ..] or [(byte)'B', (byte)'W', ..])
            return;
        var reader = new WavReader(new PieceStream(bytes, piece), 22_050);

        Assert.Equal(bytes, ReadAll(reader, room));
        Assert.False(reader.IsWav);
        Assert.Equal(22_050, reader.SampleRateHz);
    });

    [Fact]
    public void Raw_pcm_is_refused_without_a_rate() =>
        Assert.Throws<FormatException>(() => ReadAll(new WavReader(new MemoryStream(new byte[100])), 100));

    [Fact]
    public void Truncated_and_damaged_files_are_read_or_refused_alike() => Gen.Select(Cases, Gen.Int[0, 400], Gen.Int[0, 80], Gen.Byte, Gen.Int[1, 50]).Sample((wav, length, at, value, piece) =>
    {
        var file = wav.File[..Math.Min(length, wav.File.Length)];
        if (at < file.Length)
            file[at] = value;
        var whole = Try(() => Pcm.ToBytes(WavFile.Parse(file).Samples.Span));
        var streamed = Try(() => ReadAll(new WavReader(new PieceStream(file, piece)), 64));

        Assert.Equal(whole, streamed);
    }, iter: 10_000);

    [Fact]
    public void No_size_in_a_header_makes_a_reader_allocate_more_than_the_file_holds()
    {
        var files = new[]
        {
            Riff([.. Fmt(PcmTag, 1, 16_000, 16), .. Chunk("data", [1, 0], uint.MaxValue - 1)], length: uint.MaxValue),
            Riff([.. Fmt(PcmTag, ushort.MaxValue, 16_000, 32), .. Chunk("data", [1, 0], uint.MaxValue)]),
            Riff([.. Chunk("fmt ", Fmt(PcmTag, 1, 16_000, 16)[8..], int.MaxValue), .. Chunk("data", [1, 0])]),
            Riff([.. Chunk("LIST", [1, 2], uint.MaxValue), .. Fmt(PcmTag, 1, 16_000, 16)]),
            Riff([.. Ds64(ulong.MaxValue), .. Fmt(PcmTag, 1, 16_000, 16), .. Chunk("data", [1, 0], uint.MaxValue)], "RF64", uint.MaxValue),
            Riff([.. Ds64(long.MaxValue), .. Fmt(Float, 2, int.MaxValue, 64), .. Chunk("data", [1, 0], uint.MaxValue)], "RF64", uint.MaxValue),
            Riff([.. Chunk("ds64", [], uint.MaxValue), .. Fmt(PcmTag, 1, 16_000, 16)], "RF64", uint.MaxValue),
        };
        foreach (var file in files)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Try(() => Pcm.ToBytes(WavFile.Parse(file).Samples.Span));
            Try(() => ReadAll(new WavReader(new PieceStream(file, 7)), 64));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
        }
    }

    [Theory]
    [InlineData("LIST")]
    [InlineData("id3 ")]
    [InlineData("bext")]
    public void Chunks_behind_empty_data_are_no_audio(string id)
    {
        var file = Riff([.. Fmt(PcmTag, 1, 16_000, 16), .. Chunk("data", []), .. Chunk(id, [1, 2, 3, 4])]);

        Assert.True(WavFile.Parse(file).Samples.IsEmpty);
        Assert.Empty(ReadAll(new WavReader(new MemoryStream(file)), 100));
    }

    [Fact]
    public void Chunks_behind_the_data_are_no_audio() => Assert.Equal(
        [1, 0], ReadAll(new WavReader(new MemoryStream(Riff([.. Fmt(PcmTag, 1, 16_000, 16), .. Chunk("data", [1, 0]), .. Chunk("LIST", [1, 2, 3, 4])]))), 100));

    [Fact]
    public void Header_alone_is_an_empty_recording() => Assert.True(WavFile.Parse(Riff([.. Fmt(PcmTag, 1, 16_000, 16), .. Chunk("data", [])])).Samples.IsEmpty);

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, short.MaxValue)]
    [InlineData(float.NegativeInfinity, short.MinValue)]
    [InlineData(7f, short.MaxValue)]
    [InlineData(-1f, short.MinValue)]
    [InlineData(1e-30f, 0)]
    public void Float_beyond_full_scale_is_clipped(float value, short expected)
    {
        var file = Riff([.. Fmt(Float, 1, 16_000, 32), .. Chunk("data", BitConverter.GetBytes(value))]);
        Assert.Equal([expected], WavFile.Parse(file).Samples.ToArray());
    }

    [Fact]
    public void Twenty_four_bits_in_four_bytes_are_read()
    {
        var fmt = Fmt(PcmTag, 1, 16_000, 24);
        BinaryPrimitives.WriteUInt16LittleEndian(fmt.AsSpan(8 + 12), 4);
        Assert.Equal([0x1234], WavFile.Parse(Riff([.. fmt, .. Chunk("data", [0, 0, 0x34, 0x12])])).Samples.ToArray());
    }

    [Fact]
    public async Task Cancelled_wait_for_the_first_bytes_loses_nothing()
    {
        var reader = new WavReader(new PieceStream([1, 2, 3, 4, 5, 6], 1, cancelAt: 2), 16_000);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await reader.ReadHeaderAsync(TestContext.Current.CancellationToken));

        Assert.Equal([1, 2, 3, 4, 5, 6], ReadAll(reader, 100));
    }

    private static byte[] Ds64(ulong data) => Chunk("ds64", [.. BitConverter.GetBytes(data), .. BitConverter.GetBytes(data), .. new byte[12]]);

    private static byte[]? Try(Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[] ReadAll(WavReader reader, int room)
    {
        var all = new List<byte>();
        var buffer = new byte[room];
        while (true)
        {
            // The streams of these tests never wait.
            var read = reader.ReadAsync(buffer);
            var length = read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
            if (length == 0)
                return [.. all];
            all.AddRange(buffer.AsSpan(0, length));
        }
    }

    private sealed record WavCase(int Tag, int Bits, int Channels, int Rate, short[] Samples, bool IsExtensible, string Id, Length Length)
    {
        public short[] Expected => [.. Samples.Select(sample => Holdable(Tag, sample))];

        public byte[] File
        {
            get
            {
                var data = Expected.SelectMany(sample => Enumerable.Repeat(Sample(Tag, Bits, sample), Channels)).SelectMany(static bytes => bytes).ToArray();
                var is64 = Id != "RIFF";
                var promised = Length switch
                {
                    Length.Zero => 0U,
                    Length.TooLong => (uint)data.Length + 1_000,
                    Length.Right when !is64 => (uint)data.Length,
                    _ => uint.MaxValue,
                };
                var fmt = IsExtensible ? ExtensibleFmt(Tag, Channels, Rate, Bits) : Fmt(Tag, Channels, Rate, Bits);
                byte[] start = is64 ? Ds64(Length == Length.Right ? (ulong)data.Length : 0) : [];
                // What a crash or a pipe leaves is not padded.
                byte[] end = Length == Length.Right ? Chunk("data", data, promised) : Chunk("data", data, promised)[..(8 + data.Length)];
                return Riff([.. start, .. fmt, .. end], Id, Length is Length.Unknown || is64 ? uint.MaxValue : null);
            }
        }

        public override string ToString() => $"{Tag}/{Bits} {Channels} channels {Rate} Hz {Samples.Length} samples extensible={IsExtensible} {Id} {Length}";
    }

    /// <summary>Gives a few bytes a read, as a pipe does.</summary>
    private sealed class PieceStream(byte[] bytes, int piece, int cancelAt = -1) : MemoryStream(bytes)
    {
        private int _cancelAt = cancelAt;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position != _cancelAt)
                return ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, piece)]));
            _cancelAt = -1;
            throw new OperationCanceledException();
        }
    }
}

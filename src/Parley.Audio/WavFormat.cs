using System.Buffers.Binary;

namespace Parley.Audio;

/// <summary>How the samples of a WAV file are stored.</summary>
internal enum WavEncoding
{
    /// <summary>Signed integers, unsigned at 8 bits.</summary>
    Pcm,

    /// <summary>IEEE 754 of 32 or 64 bits; full scale is 1.</summary>
    Float,

    /// <summary>G.711 A-law, 8 bits.</summary>
    ALaw,

    /// <summary>G.711 μ-law, 8 bits.</summary>
    MuLaw,
}

/// <summary>The headers of a WAV file: RIFF, or RF64 and BW64 with their 64-bit sizes.</summary>
internal readonly record struct WavFormat(WavEncoding Encoding, int Channels, int SampleRateHz, int SampleBytes)
{
    /// <summary>Bytes of the header of the file, and of that of a chunk.</summary>
    internal const int RiffBytes = 12;
    internal const int ChunkHeaderBytes = 8;

    /// <summary>Bytes of a <c>fmt</c> chunk that are looked at, and of a <c>ds64</c> chunk.</summary>
    internal const int UsedBytes = 40;

    private const ushort PcmTag = 1;
    private const ushort FloatTag = 3;
    private const ushort ALawTag = 6;
    private const ushort MuLawTag = 7;
    private const ushort ExtensibleTag = 0xFFFE;

    private static ReadOnlySpan<byte> TrailingChunks => "LISTid3 ID3 factcue smplinstbextiXML_PMXPEAKJUNKjunkPAD FLLRDISPacidaxmlchna"u8;

    private const string Cure = "Convert it first, for example with ffmpeg -c:a pcm_s16le or sox -e signed -b 16.";

    /// <summary>Bytes of one sample of every channel.</summary>
    internal int FrameBytes => Channels * SampleBytes;

    /// <summary>Whether a stream that starts with these bytes, of which there are at least four, is meant to be a WAV file.</summary>
    internal static bool IsWav(ReadOnlySpan<byte> start) => start.StartsWith("RIFF"u8) || Is64(start);

    /// <summary>Whether the sizes are in a <c>ds64</c> chunk.</summary>
    internal static bool Is64(ReadOnlySpan<byte> start) => start.StartsWith("RF64"u8) || start.StartsWith("BW64"u8);

    /// <exception cref="FormatException">It is not the header of a WAV file.</exception>
    internal static void CheckRiff(ReadOnlySpan<byte> start)
    {
        if (start.Length < RiffBytes || !IsWav(start) || !start.Slice(8, 4).SequenceEqual("WAVE"u8))
            throw new FormatException("Not a WAV file: it does not begin with a RIFF header of form WAVE.");
    }

    /// <summary>The length of the data chunk; null = to the end of the file.</summary>
    /// <param name="start">The header of the file.</param>
    /// <param name="promised">The length in the header of the chunk.</param>
    /// <param name="length64">The length in the <c>ds64</c> chunk, if there is one.</param>
    /// <param name="position">Where the data begins.</param>
    /// <param name="data">The first bytes of the data, up to <see cref="ChunkHeaderBytes"/>.</param>
    internal static long? DataLength(ReadOnlySpan<byte> start, uint promised, ulong? length64, long position, ReadOnlySpan<byte> data) => promised switch
    {
        WavFile.UnknownLength => length64 is > 0 and <= long.MaxValue ? (long)length64 : null,
        // Either the recording is empty and another chunk follows, or the length was never filled in.
        0 => IsChunk(start, position, data) ? 0 : null,
        _ => promised,
    };

    // A name that writers put after the data, and a length that ends within a file of known length.
    private static bool IsChunk(ReadOnlySpan<byte> start, long position, ReadOnlySpan<byte> header)
    {
        if (header.Length < ChunkHeaderBytes || TrailingChunks.IndexOf(header[..4]) is var at && (at < 0 || at % 4 != 0))
            return false;
        var riff = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        return riff != WavFile.UnknownLength && position + BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) <= riff;
    }

    /// <summary>Reads the length of the data from a <c>ds64</c> chunk; null if it is too short.</summary>
    internal static ulong? Read64(ReadOnlySpan<byte> chunk) => chunk.Length >= 16 ? BinaryPrimitives.ReadUInt64LittleEndian(chunk[8..]) : null;

    /// <summary>Reads a <c>fmt</c> chunk, of which the first <see cref="UsedBytes"/> are enough.</summary>
    /// <exception cref="FormatException">It is no format that is supported; the message says which and what to do.</exception>
    internal static WavFormat Read(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 16)
            throw new FormatException($"The fmt chunk of the WAV file has {chunk.Length} bytes; it needs at least 16.");

        var tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (tag == ExtensibleTag)
        {
            // The first two bytes of the sub-format GUID are the old tag.
            tag = chunk.Length >= 26
                ? BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..])
                : throw new FormatException("The WAV file says WAVE_FORMAT_EXTENSIBLE but has no sub-format.");
        }

        var channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        if (channels == 0)
            throw new FormatException("The WAV file has 0 channels.");

        var rate = BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]);
        if (rate <= 0)
            throw new FormatException($"The WAV file has a sample rate of {rate}.");

        var encoding = tag switch
        {
            PcmTag => WavEncoding.Pcm,
            FloatTag => WavEncoding.Float,
            ALawTag => WavEncoding.ALaw,
            MuLawTag => WavEncoding.MuLaw,
            _ => throw new FormatException($"The WAV file holds format {tag}{NameOf(tag)}; PCM, float, A-law and μ-law are supported. {Cure}"),
        };
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (!IsSupported(encoding, bits))
            throw new FormatException($"The WAV file holds {bits}-bit samples of format {tag}; that is not supported. {Cure}");

        // Samples of 20 bits, for example, are the upper ones of 24, and 24 may be the upper ones of 32.
        var least = (bits + 7) / 8;
        var frame = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        var stored = encoding == WavEncoding.Pcm && least == 3 && frame == channels * 4 ? 4 : least;
        return new WavFormat(encoding, channels, rate, stored);
    }

    private static bool IsSupported(WavEncoding encoding, int bits) => encoding switch
    {
        WavEncoding.Pcm => bits is > 0 and <= 32,
        WavEncoding.Float => bits is 32 or 64,
        _ => bits == 8,
    };

    private static string NameOf(ushort tag) => tag switch
    {
        2 => " (Microsoft ADPCM)",
        17 => " (IMA ADPCM)",
        49 => " (GSM 6.10)",
        80 or 85 => " (MPEG audio)",
        _ => "",
    };
}

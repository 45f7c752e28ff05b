using System.Buffers.Binary;

namespace Parley.Audio;

/// <summary>
/// A whole WAV file in memory, as mono PCM16. Reads RIFF, RF64 and BW64 files of any rate with PCM up to 32 bits, float, A-law or μ-law, plain or
/// WAVE_FORMAT_EXTENSIBLE, with any further chunks; several channels are mixed to one by their mean. Writes PCM16.
/// </summary>
public sealed class WavFile
{
    internal const int HeaderBytes = 44;
    internal const uint UnknownLength = uint.MaxValue;

    private const ushort PcmTag = 1;

    /// <summary>Wraps existing samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRateHz"/> is not positive.</exception>
    public WavFile(int sampleRateHz, ReadOnlyMemory<short> samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRateHz);
        SampleRateHz = sampleRateHz;
        Samples = samples;
    }

    /// <summary>Samples per second.</summary>
    public int SampleRateHz { get; }

    /// <summary>The samples of the one channel.</summary>
    public ReadOnlyMemory<short> Samples { get; }

    /// <summary>Duration of the audio.</summary>
    public TimeSpan Duration => new PcmFormat(SampleRateHz).DurationOf(Samples.Length);

    /// <summary>Reads a file from disk.</summary>
    /// <exception cref="FormatException">It is not a WAV file, or of another encoding; the message says why.</exception>
    public static WavFile Load(string path) => Parse(File.ReadAllBytes(path));

    /// <summary>Reads a file from memory.</summary>
    /// <remarks>
    /// A data chunk with a length beyond the end of the file, or of 0 or FFFFFFFF as streaming writers leave it, is read to the end of the file.
    /// </remarks>
    /// <exception cref="FormatException">It is not a WAV file, or of another encoding; the message says why.</exception>
    public static WavFile Parse(ReadOnlySpan<byte> file)
    {
        WavFormat.CheckRiff(file);

        WavFormat? format = null;
        ulong? length64 = null;
        var rest = file[WavFormat.RiffBytes..];
        while (rest.Length >= WavFormat.ChunkHeaderBytes)
        {
            var id = rest[..4];
            var promised = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            var body = rest[WavFormat.ChunkHeaderBytes..];
            var length = (int)Math.Min(promised, (uint)body.Length);

            if (id.SequenceEqual("fmt "u8))
            {
                format = WavFormat.Read(body[..length]);
            }
            else if (id.SequenceEqual("ds64"u8) && WavFormat.Is64(file))
            {
                length64 = WavFormat.Read64(body[..length]);
            }
            else if (id.SequenceEqual("data"u8))
            {
                var wav = format ?? throw new FormatException("The WAV file has its data chunk before its fmt chunk.");
                var data = WavFormat.DataLength(file, promised, length64, file.Length - body.Length, body) ?? body.Length;
                return new WavFile(wav.SampleRateHz, Decode(body[..(int)Math.Min(data, body.Length)], wav));
            }

            // Chunks are padded to an even length.
            rest = body[Math.Min(length + (length & 1), body.Length)..];
        }
        throw new FormatException("The WAV file has no data chunk.");
    }

    /// <summary>Writes the file to disk and replaces an existing one.</summary>
    public void Save(string path)
    {
        using var stream = File.Create(path);
        Write(stream);
    }

    /// <summary>Returns the file as bytes.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        Write(bytes);
        return bytes.ToArray();
    }

    /// <summary>Writes the file to a stream, which stays open.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> header = stackalloc byte[HeaderBytes];
        WriteHeader(header, SampleRateHz, (long)Samples.Length * Pcm.BytesPerSample);
        stream.Write(header);
        WriteSamples(stream, Samples.Span);
    }

    internal static void WriteHeader(Span<byte> header, int sampleRateHz, long dataBytes)
    {
        const int afterRiffLength = HeaderBytes - 8;
        var data = (uint)Math.Min(dataBytes, UnknownLength);
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)Math.Min((long)data + afterRiffLength, UnknownLength));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], PcmTag);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sampleRateHz);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], sampleRateHz * Pcm.BytesPerSample);
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], Pcm.BytesPerSample);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], data);
    }

    internal static void WriteSamples(Stream stream, ReadOnlySpan<short> samples)
    {
        Span<byte> block = stackalloc byte[2_048];
        while (!samples.IsEmpty)
        {
            var take = Math.Min(samples.Length, block.Length / Pcm.BytesPerSample);
            stream.Write(block[..Pcm.ToBytes(samples[..take], block)]);
            samples = samples[take..];
        }
    }

    private static short[] Decode(ReadOnlySpan<byte> data, WavFormat format)
    {
        var samples = new short[data.Length / format.FrameBytes];
        new WavDecoder(format).Decode(data[..(samples.Length * format.FrameBytes)], samples);
        return samples;
    }
}

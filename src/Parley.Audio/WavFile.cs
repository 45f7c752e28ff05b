using System.Buffers.Binary;

namespace Parley.Audio;

/// <summary>
/// A whole WAV file in memory, as mono PCM16. Reads RIFF files with 16-bit PCM in 1 to 8 channels, plain or
/// WAVE_FORMAT_EXTENSIBLE, with any further chunks; several channels are mixed to one by their mean.
/// </summary>
public sealed class WavFile
{
    internal const int HeaderBytes = 44;
    internal const uint UnknownLength = uint.MaxValue;

    private const int MaxChannels = 8;
    private const ushort PcmTag = 1;
    private const ushort ExtensibleTag = 0xFFFE;

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
    /// <exception cref="FormatException">It is not a PCM16 WAV file; the message says why.</exception>
    public static WavFile Load(string path) => Parse(File.ReadAllBytes(path));

    /// <summary>Reads a file from memory.</summary>
    /// <remarks>
    /// A data chunk with a length beyond the end of the file, as streaming writers leave it, is read to the end of the file.
    /// </remarks>
    /// <exception cref="FormatException">It is not a PCM16 WAV file; the message says why.</exception>
    public static WavFile Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file.Slice(8, 4).SequenceEqual("WAVE"u8))
            throw new FormatException("Not a WAV file: it does not begin with a RIFF header of form WAVE.");

        (int Rate, int Channels)? format = null;
        var rest = file[12..];
        while (rest.Length >= 8)
        {
            var id = rest[..4];
            var promised = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            var body = rest[8..];
            var length = (int)Math.Min(promised, (uint)body.Length);

            if (id.SequenceEqual("fmt "u8))
                format = ReadFormat(body[..length]);
            else if (id.SequenceEqual("data"u8))
            {
                return format is var (rate, channels)
                    ? new WavFile(rate, Mix(body[..length], channels))
                    : throw new FormatException("The WAV file has its data chunk before its fmt chunk.");
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

    private static (int Rate, int Channels) ReadFormat(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 16)
            throw new FormatException($"The fmt chunk of the WAV file has {chunk.Length} bytes; it needs at least 16.");

        var tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (tag == ExtensibleTag)
        {
            // The first two bytes of the sub-format GUID are the old tag.
            tag = chunk.Length >= 40
                ? BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..])
                : throw new FormatException("The WAV file says WAVE_FORMAT_EXTENSIBLE but has no sub-format.");
        }

        if (tag != PcmTag)
            throw new FormatException($"The WAV file holds format {tag}; only PCM (1) is supported.");

        var bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (bits != 16)
            throw new FormatException($"The WAV file holds {bits}-bit samples; only 16-bit is supported.");

        var channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        if (channels is 0 or > MaxChannels)
            throw new FormatException($"The WAV file has {channels} channels; 1 to {MaxChannels} are supported.");

        var rate = BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]);
        return rate > 0 ? (rate, channels) : throw new FormatException($"The WAV file has a sample rate of {rate}.");
    }

    private static short[] Mix(ReadOnlySpan<byte> data, int channels)
    {
        if (channels == 1)
            return Pcm.ToSamples(data);

        var frameBytes = channels * Pcm.BytesPerSample;
        var samples = new short[data.Length / frameBytes];
        for (var i = 0; i < samples.Length; i++)
        {
            var frame = data.Slice(i * frameBytes, frameBytes);
            var sum = 0;
            for (var channel = 0; channel < channels; channel++)
                sum += BinaryPrimitives.ReadInt16LittleEndian(frame[(channel * Pcm.BytesPerSample)..]);
            samples[i] = (short)(sum / channels);
        }
        return samples;
    }
}

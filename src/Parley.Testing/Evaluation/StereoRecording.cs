using System.Buffers.Binary;
using Parley.Audio;

namespace Parley.Testing;

/// <summary>A call in two channels on one clock: left the user as sent, right the agent as a listener heard it. Immutable.</summary>
public sealed class StereoRecording
{
    private const int HeaderBytes = 44, FrameBytes = 4;
    private const string Cure = "Convert it first, for example with ffmpeg -ac 2 -c:a pcm_s16le.";

    /// <summary>Creates a recording; the shorter channel is silent to the end of the longer one.</summary>
    /// <param name="sampleRateHz">Samples per second of each channel.</param>
    /// <param name="user">The left channel.</param>
    /// <param name="agent">The right channel.</param>
    public StereoRecording(int sampleRateHz, ReadOnlyMemory<short> user, ReadOnlyMemory<short> agent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRateHz, 1);
        SampleRateHz = sampleRateHz;
        var length = Math.Max(user.Length, agent.Length);
        (User, Agent) = (Padded(user, length), Padded(agent, length));
    }

    /// <summary>Samples per second of each channel.</summary>
    public int SampleRateHz { get; }

    /// <summary>The user, as sent.</summary>
    public ReadOnlyMemory<short> User { get; }

    /// <summary>The agent, as heard.</summary>
    public ReadOnlyMemory<short> Agent { get; }

    /// <summary>Length of the call.</summary>
    public TimeSpan Duration => new PcmFormat(SampleRateHz).DurationOf(User.Length);

    /// <summary>Reads a WAV file of two channels and 16 bits.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">It is not such a file; the message says what to do.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StereoRecording Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllBytes(path));
    }

    /// <summary>Reads the bytes of a WAV file of two channels and 16 bits.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="FormatException">It is not such a file; the message says what to do.</exception>
    public static StereoRecording Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file.Slice(8, 4).SequenceEqual("WAVE"u8))
            throw new FormatException($"Not a WAV file: it does not begin with a RIFF header of form WAVE. {Cure}");
        var rateHz = 0;
        for (var at = 12; at + 8 <= file.Length;)
        {
            var name = file.Slice(at, 4);
            var promised = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            at += 8;
            var length = (int)Math.Min(promised, (uint)(file.Length - at));
            if (name.SequenceEqual("fmt "u8))
                rateHz = RateOf(file.Slice(at, length));
            else if (name.SequenceEqual("data"u8))
                return Split(rateHz > 0 ? rateHz : throw new FormatException("The WAV file has no fmt chunk before its data."), file.Slice(at, length));
            at += length + (length & 1);
        }
        throw new FormatException("The WAV file has no data chunk.");
    }

    /// <summary>Writes the recording as a WAV file of 16 bits; an existing file is overwritten.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => File.WriteAllBytes(path, ToBytes());

    /// <summary>The recording as a WAV file of 16 bits.</summary>
    public byte[] ToBytes()
    {
        var data = User.Length * FrameBytes;
        var file = new byte[HeaderBytes + data];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), HeaderBytes - 8 + data);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 2);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), SampleRateHz);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), SampleRateHz * FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), data);
        for (var i = 0; i < User.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderBytes + (i * FrameBytes)), User.Span[i]);
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderBytes + (i * FrameBytes) + 2), Agent.Span[i]);
        }
        return file;
    }

    private static int RateOf(ReadOnlySpan<byte> format)
    {
        if (format.Length < 16)
            throw new FormatException($"The fmt chunk of the WAV file has {format.Length} bytes; it needs at least 16.");
        var (channels, bits) = (BinaryPrimitives.ReadUInt16LittleEndian(format[2..]), BinaryPrimitives.ReadUInt16LittleEndian(format[14..]));
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        if (tag == 0xFFFE && format.Length >= 26)
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        if (channels != 2)
            throw new FormatException($"The WAV file has {channels} channel(s); a recording has two: left the user, right the agent.");
        if (tag != 1 || bits != 16)
            throw new FormatException($"The WAV file holds {bits}-bit samples of format {tag}; 16-bit PCM is needed. {Cure}");
        var rateHz = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        return rateHz is >= 4_000 and <= 192_000 ? rateHz : throw new FormatException($"The WAV file has a sample rate of {rateHz}; 4,000 to 192,000 are supported.");
    }

    private static StereoRecording Split(int rateHz, ReadOnlySpan<byte> data)
    {
        var count = data.Length / FrameBytes;
        var (user, agent) = (new short[count], new short[count]);
        for (var i = 0; i < count; i++)
        {
            user[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(i * FrameBytes)..]);
            agent[i] = BinaryPrimitives.ReadInt16LittleEndian(data[((i * FrameBytes) + 2)..]);
        }
        return new StereoRecording(rateHz, user, agent);
    }

    private static ReadOnlyMemory<short> Padded(ReadOnlyMemory<short> samples, int length)
    {
        if (samples.Length == length)
            return samples;
        var padded = new short[length];
        samples.CopyTo(padded);
        return padded;
    }
}

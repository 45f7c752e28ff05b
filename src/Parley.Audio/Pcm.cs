using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Parley.Audio;

/// <summary>
/// Conversions for the one sample format of this library: PCM16, signed, little-endian, one channel.
/// </summary>
public static class Pcm
{
    /// <summary>Bytes of one sample: 2.</summary>
    public const int BytesPerSample = sizeof(short);

    /// <summary>Copies little-endian bytes into samples.</summary>
    /// <param name="bytes">PCM16 bytes, aligned or not. A trailing odd byte is left out: keep it for the next chunk.</param>
    /// <param name="samples">Receives half as many samples.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is too short.</exception>
    public static int ToSamples(ReadOnlySpan<byte> bytes, Span<short> samples)
    {
        var count = bytes.Length / BytesPerSample;
        if (samples.Length < count)
            throw new ArgumentException($"Buffer of {samples.Length} samples is too short; {count} are needed.", nameof(samples));

        bytes[..(count * BytesPerSample)].CopyTo(MemoryMarshal.AsBytes(samples));
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(samples[..count], samples);
        return count;
    }

    /// <summary>Copies little-endian bytes into a new array of samples. A trailing odd byte is left out.</summary>
    public static short[] ToSamples(ReadOnlySpan<byte> bytes)
    {
        var samples = new short[bytes.Length / BytesPerSample];
        ToSamples(bytes, samples);
        return samples;
    }

    /// <summary>Copies samples into little-endian bytes.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="bytes">Receives twice as many bytes.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is too short.</exception>
    public static int ToBytes(ReadOnlySpan<short> samples, Span<byte> bytes)
    {
        var count = samples.Length * BytesPerSample;
        if (bytes.Length < count)
            throw new ArgumentException($"Buffer of {bytes.Length} bytes is too short; {count} are needed.", nameof(bytes));

        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(samples).CopyTo(bytes);
        }
        else
        {
            for (var i = 0; i < samples.Length; i++)
                BinaryPrimitives.WriteInt16LittleEndian(bytes[(i * BytesPerSample)..], samples[i]);
        }

        return count;
    }

    /// <summary>Copies samples into a new array of little-endian bytes.</summary>
    public static byte[] ToBytes(ReadOnlySpan<short> samples)
    {
        var bytes = new byte[samples.Length * BytesPerSample];
        ToBytes(samples, bytes);
        return bytes;
    }
}

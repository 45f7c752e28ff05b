using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Parley.Phone.Audio;

/// <summary>How a stream encodes samples.</summary>
internal enum PhoneEncoding
{
    MuLaw,
    ALaw,

    /// <summary>PCM16, the lower byte first (Plivo).</summary>
    PcmLittleEndian,

    /// <summary>PCM16, the higher byte first (Telnyx: RFC 2586).</summary>
    PcmBigEndian,
}

/// <summary>The audio format of a stream.</summary>
internal readonly record struct PhoneFormat(PhoneEncoding Encoding, int RateHz)
{
    /// <summary>Frames of the telephone network are 20 ms long.</summary>
    internal static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);

    private int BytesPerSample => Encoding is PhoneEncoding.MuLaw or PhoneEncoding.ALaw ? 1 : Pcm.BytesPerSample;

    /// <summary>Samples of a frame.</summary>
    internal int FrameSamples => RateHz / 50;

    /// <summary>Bytes of a frame.</summary>
    internal int FrameBytes => FrameSamples * BytesPerSample;

    internal int SamplesIn(int bytes) => bytes / BytesPerSample;

    /// <summary>Reads the format that a carrier names; null if it is none that is supported.</summary>
    internal static PhoneFormat? Parse(PhoneCarrier carrier, string encoding, int? rateHz, int? channels)
    {
        if (channels is not (null or 0 or 1))
            return null;
        PhoneEncoding? known = encoding.ToUpperInvariant() switch
        {
            "AUDIO/X-MULAW" or "PCMU" or "" => PhoneEncoding.MuLaw,
            "AUDIO/X-ALAW" or "PCMA" => PhoneEncoding.ALaw,
            "AUDIO/X-L16" or "L16" => carrier == PhoneCarrier.Telnyx ? PhoneEncoding.PcmBigEndian : PhoneEncoding.PcmLittleEndian,
            _ => null,
        };
        var rate = rateHz is null or 0 ? 8_000 : rateHz.Value;
        return known is { } found && (rate == 8_000 || (rate == 16_000 && found is PhoneEncoding.PcmBigEndian or PhoneEncoding.PcmLittleEndian))
            ? new PhoneFormat(found, rate)
            : null;
    }

    /// <summary>Decodes; an odd byte of PCM is left out.</summary>
    /// <returns>The number of samples.</returns>
    internal int Decode(ReadOnlySpan<byte> bytes, Span<short> samples)
    {
        switch (Encoding)
        {
            case PhoneEncoding.MuLaw:
                return G711.Decode(G711Law.MuLaw, bytes, samples);
            case PhoneEncoding.ALaw:
                return G711.Decode(G711Law.ALaw, bytes, samples);
            default:
                var count = Pcm.ToSamples(bytes, samples);
                if (Encoding == PhoneEncoding.PcmBigEndian)
                    BinaryPrimitives.ReverseEndianness(samples[..count], samples);
                return count;
        }
    }

    /// <summary>Encodes; <paramref name="bytes"/> has room for all samples.</summary>
    internal void Encode(ReadOnlySpan<short> samples, Span<byte> bytes)
    {
        switch (Encoding)
        {
            case PhoneEncoding.MuLaw:
                G711.Encode(G711Law.MuLaw, samples, bytes);
                break;
            case PhoneEncoding.ALaw:
                G711.Encode(G711Law.ALaw, samples, bytes);
                break;
            default:
                Pcm.ToBytes(samples, bytes);
                if (Encoding == PhoneEncoding.PcmBigEndian)
                {
                    var words = MemoryMarshal.Cast<byte, short>(bytes[..(samples.Length * Pcm.BytesPerSample)]);
                    BinaryPrimitives.ReverseEndianness(words, words);
                }
                break;
        }
    }
}

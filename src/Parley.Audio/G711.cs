namespace Parley.Audio;

/// <summary>
/// Encodes and decodes the 8-bit speech of telephone networks: ITU-T G.711 (https://www.itu.int/rec/T-REC-G.711), one byte a sample.
/// Table look-ups; calls allocate nothing and may run on many threads. The rate is not changed: telephones use
/// <see cref="SampleRateHz"/>, and <see cref="Resampler"/> leads there.
/// </summary>
/// <remarks>
/// The full scale of G.711 is mapped to the full scale of PCM16. G.711 leaves open where a sample goes that equals a decision value:
/// here to the interval above it, as in the software tools of ITU-T G.191. Every code but μ-law 7F survives decoding and encoding;
/// 7F is the negative zero and becomes FF. The optional suppression of the μ-law code 00 is not applied.
/// </remarks>
public static class G711
{
    /// <summary>Sample rate of G.711 speech: 8,000 Hz, which makes 160 bytes of 20 ms.</summary>
    public const int SampleRateHz = 8_000;

    // Decision values are multiples of 4 (μ-law) and of 16 (A-law), so the bits below never decide.
    private const int MuLawShift = 2;
    private const int ALawShift = 4;

    private const int Positive = 0x80;

    private static readonly short[] MuLawSamples = Samples(DecodeMuLaw);
    private static readonly short[] ALawSamples = Samples(DecodeALaw);
    private static readonly byte[] MuLawCodes = Codes(MuLawShift, MuLawInterval, 0x7F);
    private static readonly byte[] ALawCodes = Codes(ALawShift, ALawInterval, 0x55);

    /// <summary>The code of a sample of value zero: FF of μ-law, D5 of A-law. Fill lost or idle frames with it.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="law"/> is not a known law.</exception>
    public static byte Silence(G711Law law) => Encode(law, (short)0);

    /// <summary>Encodes one sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="law"/> is not a known law.</exception>
    public static byte Encode(G711Law law, short sample)
    {
        var (codes, shift) = Encoder(law);
        return codes[(sample >> shift) + (codes.Length / 2)];
    }

    /// <summary>Decodes one code.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="law"/> is not a known law.</exception>
    public static short Decode(G711Law law, byte code) => Decoder(law)[code];

    /// <summary>Encodes samples.</summary>
    /// <param name="law">Which law.</param>
    /// <param name="samples">PCM16 samples.</param>
    /// <param name="codes">Receives one byte for each sample.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException"><paramref name="codes"/> is too short; nothing was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="law"/> is not a known law.</exception>
    public static int Encode(G711Law law, ReadOnlySpan<short> samples, Span<byte> codes)
    {
        var (table, shift) = Encoder(law);
        if (codes.Length < samples.Length)
            throw new ArgumentException($"Buffer of {codes.Length} bytes is too short; {samples.Length} are needed.", nameof(codes));

        var middle = table.Length / 2;
        for (var i = 0; i < samples.Length; i++)
            codes[i] = table[(samples[i] >> shift) + middle];
        return samples.Length;
    }

    /// <summary>Decodes codes.</summary>
    /// <param name="law">Which law.</param>
    /// <param name="codes">G.711 bytes.</param>
    /// <param name="samples">Receives one PCM16 sample for each byte.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is too short; nothing was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="law"/> is not a known law.</exception>
    public static int Decode(G711Law law, ReadOnlySpan<byte> codes, Span<short> samples)
    {
        var table = Decoder(law);
        if (samples.Length < codes.Length)
            throw new ArgumentException($"Buffer of {samples.Length} samples is too short; {codes.Length} are needed.", nameof(samples));

        for (var i = 0; i < codes.Length; i++)
            samples[i] = table[codes[i]];
        return codes.Length;
    }

    private static (byte[] Codes, int Shift) Encoder(G711Law law) => law switch
    {
        G711Law.MuLaw => (MuLawCodes, MuLawShift),
        G711Law.ALaw => (ALawCodes, ALawShift),
        _ => throw Unknown(law),
    };

    private static short[] Decoder(G711Law law) => law switch
    {
        G711Law.MuLaw => MuLawSamples,
        G711Law.ALaw => ALawSamples,
        _ => throw Unknown(law),
    };

    private static ArgumentOutOfRangeException Unknown(G711Law law) => new(nameof(law), law, "Law must be MuLaw or ALaw.");

    private static short[] Samples(Func<int, int> decode) => [.. Enumerable.Range(0, 256).Select(code => (short)decode(code))];

    // A code for each value of the sample's upper bits, from the lowest value on.
    private static byte[] Codes(int shift, Func<int, int> interval, int mask)
    {
        var codes = new byte[(ushort.MaxValue + 1) >> shift];
        for (var i = 0; i < codes.Length; i++)
        {
            var value = i - (codes.Length / 2);
            // For negative values the one's complement keeps the interval above a decision value.
            codes[i] = (byte)((value < 0 ? interval(~value) : Positive | interval(value)) ^ mask);
        }
        return codes;
    }

    // 14-bit magnitudes: the intervals of segment s begin at 33 * 2^s - 33 and are 2^(s+1) wide.
    private static int MuLawInterval(int magnitude)
    {
        var biased = Math.Min(magnitude + 33, 0x1FFF);
        var segment = int.Log2(biased) - 5;
        return segment << 4 | biased >> segment + 1 & 0x0F;
    }

    // 12-bit magnitudes: the first two segments are alike, each further one is twice as wide.
    private static int ALawInterval(int magnitude)
    {
        var segment = Math.Max(0, int.Log2(magnitude | 1) - 3);
        return segment << 4 | magnitude >> Math.Max(0, segment - 1) & 0x0F;
    }

    private static int DecodeMuLaw(int code)
    {
        const int bias = 33 << MuLawShift;
        var bits = ~code;
        var magnitude = ((bits & 0x0F) << 3) + bias << ((bits & 0x70) >> 4);
        return (bits & Positive) != 0 ? bias - magnitude : magnitude - bias;
    }

    private static int DecodeALaw(int code)
    {
        var bits = code ^ 0x55;
        var segment = (bits & 0x70) >> 4;
        var magnitude = ((bits & 0x0F) << 4) + 8;
        if (segment > 0)
            magnitude = magnitude + 0x100 << segment - 1;
        return (bits & Positive) != 0 ? magnitude : -magnitude;
    }
}

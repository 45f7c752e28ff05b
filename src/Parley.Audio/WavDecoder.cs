using System.Buffers.Binary;

namespace Parley.Audio;

/// <summary>
/// Turns the data of a WAV file into mono PCM16: channels are mixed by their mean, wider samples rounded, float beyond full scale
/// clipped. Input may be cut anywhere. Holds at most one sample, whatever the number of channels. Not thread-safe.
/// </summary>
internal sealed class WavDecoder(WavFormat format)
{
    private readonly byte[] _partial = new byte[8];
    private int _partialBytes;
    private int _channel;

    // Of the frame so far, with full scale at 31 bits.
    private long _sum;

    /// <summary>Bytes of the present frame that are consumed.</summary>
    internal int FrameBytesDone => (_channel * format.SampleBytes) + _partialBytes;

    /// <summary>Decodes all of the input.</summary>
    /// <param name="input">Data in any number of bytes.</param>
    /// <param name="output">Room for every frame that becomes complete.</param>
    /// <returns>The number of samples written.</returns>
    internal int Decode(ReadOnlySpan<byte> input, Span<short> output)
    {
        if (format is { Encoding: WavEncoding.Pcm, SampleBytes: Pcm.BytesPerSample, Channels: 1 } && FrameBytesDone == 0 && input.Length % Pcm.BytesPerSample == 0)
            return Pcm.ToSamples(input, output);

        var written = 0;
        while (input.Length + _partialBytes >= format.SampleBytes)
        {
            if (_partialBytes == 0)
            {
                _sum += ToFullScale(input[..format.SampleBytes]);
                input = input[format.SampleBytes..];
            }
            else
            {
                var missing = format.SampleBytes - _partialBytes;
                input[..missing].CopyTo(_partial.AsSpan(_partialBytes));
                input = input[missing..];
                _partialBytes = 0;
                _sum += ToFullScale(_partial.AsSpan(0, format.SampleBytes));
            }
            if (++_channel == format.Channels)
                output[written++] = TakeFrame();
        }
        input.CopyTo(_partial.AsSpan(_partialBytes));
        _partialBytes += input.Length;
        return written;
    }

    private short TakeFrame()
    {
        var mean = (_sum / format.Channels) + 0x8000 >> 16;
        _channel = 0;
        _sum = 0;
        return (short)Math.Clamp(mean, short.MinValue, short.MaxValue);
    }

    private int ToFullScale(ReadOnlySpan<byte> sample) => format.Encoding switch
    {
        WavEncoding.ALaw => G711.Decode(G711Law.ALaw, sample[0]) << 16,
        WavEncoding.MuLaw => G711.Decode(G711Law.MuLaw, sample[0]) << 16,
        WavEncoding.Float => FromFloat(sample.Length == 4 ? BinaryPrimitives.ReadSingleLittleEndian(sample) : BinaryPrimitives.ReadDoubleLittleEndian(sample)),
        _ => sample.Length switch
        {
            1 => (sample[0] - 128) << 24,
            2 => BinaryPrimitives.ReadInt16LittleEndian(sample) << 16,
            3 => sample[0] << 8 | sample[1] << 16 | sample[2] << 24,
            _ => BinaryPrimitives.ReadInt32LittleEndian(sample),
        },
    };

    // Not a number is silence.
    private static int FromFloat(double value) =>
        double.IsNaN(value) ? 0 : (int)Math.Clamp(Math.Round(value * 2_147_483_648.0), int.MinValue, int.MaxValue);
}

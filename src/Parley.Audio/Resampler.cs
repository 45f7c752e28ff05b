using System.Numerics;
using System.Numerics.Tensors;

namespace Parley.Audio;

/// <summary>
/// Changes the sample rate of one mono PCM16 stream. Chunks may be cut anywhere: the output is the same to the bit.
/// Calls allocate nothing; the filter tables are shared between streams of the same two rates. Not thread-safe.
/// </summary>
/// <remarks>
/// A polyphase FIR filter. The position of the next output is kept in whole fractions of an input sample, so a stream
/// never drifts. Output n stands at input n × in/out without offset; it comes out when the 24 samples after it
/// (of the lower rate) are known. After <see cref="Flush"/> the output has ceil(input × out/in) samples.
/// </remarks>
public sealed class Resampler
{
    /// <summary>Lowest sample rate: 4,000 Hz.</summary>
    public const int MinSampleRateHz = 4_000;

    /// <summary>Highest sample rate: 192,000 Hz.</summary>
    public const int MaxSampleRateHz = 192_000;

    private const int BlockSamples = 1_024;

    // The output stands at every Down-th of Up points per input sample.
    private readonly int _up;
    private readonly int _down;
    private readonly ResamplerTable? _table;
    private readonly float[] _history = [];

    private int _count;
    private int _index;
    private int _phase;
    private int _oddByte = -1;

    /// <summary>Starts a stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate is below 4 000 or above 192 000 Hz.</exception>
    public Resampler(int inputRateHz, int outputRateHz)
    {
        CheckRate(inputRateHz);
        CheckRate(outputRateHz);
        InputRateHz = inputRateHz;
        OutputRateHz = outputRateHz;

        var divisor = (int)BigInteger.GreatestCommonDivisor(inputRateHz, outputRateHz);
        _up = outputRateHz / divisor;
        _down = inputRateHz / divisor;
        if (_up == _down)
            return;

        _table = ResamplerTable.For(_up, _down);
        _history = new float[_table.Length + BlockSamples];
        Reset();
    }

    /// <summary>Samples per second going in.</summary>
    public int InputRateHz { get; }

    /// <summary>Samples per second coming out.</summary>
    public int OutputRateHz { get; }

    /// <summary>The most samples <see cref="Flush"/> can give.</summary>
    public int MaxFlushSamples => _table is null ? 0 : MaxOutputSamples(_table.HalfLength);

    /// <summary>The most samples that <paramref name="inputSamples"/> samples can give, whatever came before.</summary>
    public int MaxOutputSamples(int inputSamples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputSamples);
        return _table is null ? inputSamples : checked((int)((long)inputSamples * _up / _down)) + 1;
    }

    /// <summary>Resamples a chunk; returns the output that is complete.</summary>
    /// <param name="input">Samples at <see cref="InputRateHz"/>.</param>
    /// <param name="output">Buffer for the output; <see cref="MaxOutputSamples"/> is always enough.</param>
    /// <returns>The number of samples written to <paramref name="output"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short; no input was consumed.</exception>
    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        CheckRoom(input.Length, output);
        return Run(input, output);
    }

    /// <summary>Resamples a chunk of little-endian PCM16 bytes.</summary>
    /// <param name="input">Bytes in any number: half a sample at the end waits for the next call.</param>
    /// <param name="output">Buffer for the output; <see cref="MaxOutputSamples"/> of half the bytes plus one is always enough.</param>
    /// <returns>The number of samples written to <paramref name="output"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short; no input was consumed.</exception>
    public int Process(ReadOnlySpan<byte> input, Span<short> output)
    {
        CheckRoom((input.Length + (_oddByte >= 0 ? 1 : 0)) / Pcm.BytesPerSample, output);
        if (input.IsEmpty)
            return 0;

        Span<short> block = stackalloc short[BlockSamples / 2];
        var written = 0;
        if (_oddByte >= 0)
        {
            block[0] = (short)(_oddByte | (input[0] << 8));
            _oddByte = -1;
            input = input[1..];
            written = Run(block[..1], output);
        }
        while (input.Length >= Pcm.BytesPerSample)
        {
            var take = Math.Min(input.Length / Pcm.BytesPerSample, block.Length);
            Pcm.ToSamples(input[..(take * Pcm.BytesPerSample)], block);
            input = input[(take * Pcm.BytesPerSample)..];
            written += Run(block[..take], output[written..]);
        }
        if (!input.IsEmpty)
            _oddByte = input[0];
        return written;
    }

    /// <summary>Returns the remaining samples, as if silence followed, and resets the stream.</summary>
    /// <param name="output">Room for up to <see cref="MaxFlushSamples"/> samples.</param>
    /// <returns>The number of samples written to <paramref name="output"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short; nothing was changed.</exception>
    public int Flush(Span<short> output)
    {
        var written = 0;
        if (_table is not null)
        {
            CheckRoom(_table.HalfLength, output);
            ReadOnlySpan<short> silence = stackalloc short[64];
            for (var left = _table.HalfLength; left > 0; left -= silence.Length)
                written += Run(silence[..Math.Min(left, silence.Length)], output[written..]);
        }
        Reset();
        return written;
    }

    /// <summary>Forgets the stream so far, and half a sample if one is waiting.</summary>
    public void Reset()
    {
        _oddByte = -1;
        _index = 0;
        _phase = 0;
        // The first window is centred on the first sample: before it there was silence.
        _count = _table is null ? 0 : _table.HalfLength - 1;
        _history.AsSpan(0, _count).Clear();
    }

    private int Run(ReadOnlySpan<short> input, Span<short> output)
    {
        if (_table is null)
        {
            input.CopyTo(output);
            return input.Length;
        }

        var written = 0;
        while (!input.IsEmpty)
        {
            var take = Math.Min(input.Length, _history.Length - _count);
            TensorPrimitives.ConvertTruncating<short, float>(input[..take], _history.AsSpan(_count));
            _count += take;
            input = input[take..];

            written += Drain(_table, output[written..]);

            _history.AsSpan(_index, _count - _index).CopyTo(_history);
            _count -= _index;
            _index = 0;
        }
        return written;
    }

    private int Drain(ResamplerTable table, Span<short> output)
    {
        var written = 0;
        while (_index + table.Length <= _count)
        {
            var window = _history.AsSpan(_index, table.Length);
            var value = table.IsExact ? TensorPrimitives.Dot(table.Taps(_phase), window) : Interpolate(table, window);
            output[written++] = (short)Math.Clamp(MathF.Round(value), short.MinValue, short.MaxValue);

            _phase += _down;
            _index += _phase / _up;
            _phase %= _up;
        }
        return written;
    }

    private float Interpolate(ResamplerTable table, ReadOnlySpan<float> window)
    {
        var position = (double)_phase * table.Phases / _up;
        var row = (int)position;
        var before = TensorPrimitives.Dot(table.Taps(row), window);
        var after = TensorPrimitives.Dot(table.Taps(row + 1), window);
        return before + ((float)(position - row) * (after - before));
    }

    private void CheckRoom(int inputSamples, Span<short> output)
    {
        var due = Due(inputSamples);
        if (output.Length < due)
            throw new ArgumentException($"Buffer of {output.Length} samples is too short; {due} are needed.", nameof(output));
    }

    private long Due(int inputSamples)
    {
        if (_table is null)
            return inputSamples;
        var windows = (long)_count + inputSamples - _table.Length - _index + 1;
        return windows <= 0 ? 0 : (((windows * _up) - 1 - _phase) / _down) + 1;
    }

    private static void CheckRate(int rateHz)
    {
        if (rateHz is < MinSampleRateHz or > MaxSampleRateHz)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rateHz), rateHz, $"Sample rate must be {MinSampleRateHz} to {MaxSampleRateHz} Hz.");
        }
    }
}

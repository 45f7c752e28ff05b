namespace Parley.Client.Audio;

/// <summary>
/// Raw PCM16 of a known rate from a stream. If the stream turns out to be a WAV file, its audio is mixed to mono and resampled to that rate. Not
/// thread-safe.
/// </summary>
internal sealed class PcmSource(Stream stream, int rateHz)
{
    private const int BlockBytes = 2_048;

    private readonly WavReader _reader = new(stream, rateHz);
    private Resampler? _resampler;
    private byte[] _block = [];
    private short[] _samples = [];
    private byte[] _pending = [];
    private int _start;
    private int _end;
    private bool _over;

    /// <summary>Opens a stream for its own rate: that of the WAV header, or of raw PCM16.</summary>
    /// <exception cref="FormatException">The WAV file cannot be read, or its rate is out of range.</exception>
    internal static async ValueTask<WavReader> OpenAsync(Stream stream, int rawRateHz, CancellationToken cancellationToken)
    {
        var reader = new WavReader(stream, rawRateHz);
        await reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        CheckRate(reader);
        return reader;
    }

    /// <summary>Reads what is there; 0 = the end.</summary>
    internal async ValueTask<int> ReadAsync(Memory<byte> pcm, CancellationToken cancellationToken)
    {
        await _reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (_reader.SampleRateHz == rateHz)
            return await _reader.ReadAsync(pcm, cancellationToken).ConfigureAwait(false);
        var resampler = _resampler ??= CreateResampler();
        while (_start == _end)
        {
            if (_over)
                return 0;
            var length = await _reader.ReadAsync(_block, cancellationToken).ConfigureAwait(false);
            _over = length == 0;
            var count = _over ? resampler.Flush(_samples) : resampler.Process(_block.AsSpan(0, length), _samples);
            (_start, _end) = (0, Pcm.ToBytes(_samples.AsSpan(0, count), _pending));
        }
        var taken = Math.Min(pcm.Length, _end - _start);
        _pending.AsMemory(_start, taken).CopyTo(pcm);
        _start += taken;
        return taken;
    }

    private static void CheckRate(WavReader reader)
    {
        if (reader.SampleRateHz is < Resampler.MinSampleRateHz or > Resampler.MaxSampleRateHz)
        {
            throw new FormatException(
                $"The WAV file has a sample rate of {reader.SampleRateHz} Hz; {Resampler.MinSampleRateHz} to {Resampler.MaxSampleRateHz} are supported.");
        }
    }

    private Resampler CreateResampler()
    {
        CheckRate(_reader);
        var resampler = new Resampler(_reader.SampleRateHz, rateHz);
        _block = new byte[BlockBytes];
        _samples = new short[Math.Max(resampler.MaxOutputSamples((BlockBytes / Pcm.BytesPerSample) + 1), resampler.MaxFlushSamples)];
        _pending = new byte[_samples.Length * Pcm.BytesPerSample];
        return resampler;
    }
}

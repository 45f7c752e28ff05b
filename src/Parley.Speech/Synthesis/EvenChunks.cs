namespace Parley.Speech.Synthesis;

/// <summary>Turns audio at any rate, in any pieces, into chunks of 40 ms at 24 kHz, louder or quieter by a factor.</summary>
internal sealed class EvenChunks
{
    public const int OutputRateHz = 24_000;

    private const int ChunkSamples = OutputRateHz / 25;

    private readonly Resampler _resampler;
    private readonly float _gain;
    private readonly short[] _chunk = new short[ChunkSamples];
    private readonly Queue<ReadOnlyMemory<byte>> _ready = [];
    private short[] _resampled;
    private int _filled;

    public EvenChunks(int sampleRateHz, float gain = 1)
    {
        _gain = gain;
        _resampler = new Resampler(sampleRateHz, OutputRateHz);
        _resampled = new short[Math.Max(1_024, _resampler.MaxFlushSamples)];
    }

    /// <summary>Adds audio.</summary>
    public void Add(ReadOnlySpan<short> samples)
    {
        if (_resampled.Length < _resampler.MaxOutputSamples(samples.Length))
            _resampled = new short[_resampler.MaxOutputSamples(samples.Length)];
        Cut(_resampled.AsSpan(0, _resampler.Process(samples, _resampled)));
    }

    /// <summary>Adds PCM16; half a sample at the end waits for the next call.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var most = _resampler.MaxOutputSamples((bytes.Length / Pcm.BytesPerSample) + 1);
        if (_resampled.Length < most)
            _resampled = new short[most];
        Cut(_resampled.AsSpan(0, _resampler.Process(bytes, _resampled)));
    }

    /// <summary>Ends the audio: the rest becomes a last chunk, padded with silence to full length.</summary>
    public void Finish()
    {
        Cut(_resampled.AsSpan(0, _resampler.Flush(_resampled)));
        if (_filled == 0)
            return;
        _chunk.AsSpan(_filled).Clear();
        _filled = 0;
        _ready.Enqueue(Pcm.ToBytes(_chunk));
    }

    /// <summary>Takes a chunk that is complete.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> chunk) => _ready.TryDequeue(out chunk);

    private void Cut(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var take = Math.Min(samples.Length, ChunkSamples - _filled);
            Scale(samples[..take], _chunk.AsSpan(_filled));
            samples = samples[take..];
            _filled += take;
            if (_filled < ChunkSamples)
                return;
            _filled = 0;
            _ready.Enqueue(Pcm.ToBytes(_chunk));
        }
    }

    private void Scale(ReadOnlySpan<short> samples, Span<short> scaled)
    {
        if (_gain == 1)
        {
            samples.CopyTo(scaled);
            return;
        }
        for (var i = 0; i < samples.Length; i++)
            scaled[i] = (short)Math.Clamp(MathF.Round(samples[i] * _gain), short.MinValue, short.MaxValue);
    }
}

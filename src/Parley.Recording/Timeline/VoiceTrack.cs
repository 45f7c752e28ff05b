namespace Parley.Recording.Timeline;

/// <summary>
/// One voice of a record: samples at 24 kHz from <see cref="Start"/> on, which grow at their end and are taken from their beginning. What is between
/// two pieces is silence.
/// </summary>
internal sealed class VoiceTrack
{
    internal const int RateHz = 24_000;

    // 10 s; a longer buffer is not kept while nothing waits.
    private const int MaxIdleSamples = 10 * RateHz;

    private short[] _samples = [];
    private int _count;
    private Resampler? _resampler;
    private short[] _resampled = [];

    // The resampler is behind: where its input is, counted from the beginning of the piece.
    private long _pieceStart, _pieceInput;

    /// <summary>Position of the first sample that was not taken.</summary>
    internal long Start { get; private set; }

    /// <summary>Position after the last sample.</summary>
    internal long End => Start + _count;

    /// <summary>Position of the next sample of the piece that is being written.</summary>
    internal long Cursor { get; private set; }

    /// <summary>Samples that wait.</summary>
    internal int Waiting => _count;

    /// <summary>Begins a piece at a position, or where it still can.</summary>
    internal void Begin(long position)
    {
        Finish();
        Cursor = Math.Max(position, Start);
    }

    /// <summary>Adds audio to the piece.</summary>
    /// <returns>The position of its first sample.</returns>
    internal long Add(ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (rateHz != (_resampler?.InputRateHz ?? RateHz))
        {
            Finish();
            _resampler = rateHz == RateHz ? null : new Resampler(rateHz, RateHz);
            (_pieceStart, _pieceInput) = (Math.Max(Cursor, Start), 0);
        }
        Cursor = Math.Max(Cursor, Start);
        var start = _resampler is null ? Cursor : Math.Max(Start, _pieceStart + (_pieceInput * RateHz / rateHz));
        if (_resampler is null)
        {
            var samples = pcm.Length / Pcm.BytesPerSample;
            Pcm.ToSamples(pcm, Room(samples));
            Cursor += samples;
            return start;
        }
        _pieceInput += pcm.Length / Pcm.BytesPerSample;
        var most = _resampler.MaxOutputSamples((pcm.Length / Pcm.BytesPerSample) + 1);
        if (_resampled.Length < most)
            _resampled = new short[most];
        Write(_resampled.AsSpan(0, _resampler.Process(pcm, _resampled)));
        return start;
    }

    /// <summary>Ends the piece: what the resampler still has follows.</summary>
    internal void Finish()
    {
        if (_resampler is null)
            return;
        Span<short> rest = new short[_resampler.MaxFlushSamples];
        var written = _resampler.Flush(rest);
        if (Cursor >= Start)
            Write(rest[..written]);
        _resampler = null;
    }

    /// <summary>Removes everything from a position on.</summary>
    internal void Cut(long position)
    {
        _resampler = null;
        var kept = (int)Math.Clamp(position - Start, 0, _count);
        _samples.AsSpan(kept, _count - kept).Clear();
        _count = kept;
        Cursor = Math.Min(Cursor, Math.Max(position, Start));
    }

    /// <summary>Turns a stretch into silence.</summary>
    internal void Silence(long from, long to)
    {
        var first = (int)Math.Clamp(from - Start, 0, _count);
        var last = (int)Math.Clamp(to - Start, first, _count);
        _samples.AsSpan(first, last - first).Clear();
    }

    /// <summary>Copies the samples from <see cref="Start"/> on, silence after the last one, and drops them.</summary>
    internal void Take(Span<short> samples)
    {
        // Nothing continues a piece that the taken frames pass.
        if (_resampler is not null && Start + samples.Length > Cursor)
            Finish();
        var count = Math.Min(samples.Length, _count);
        _samples.AsSpan(0, count).CopyTo(samples);
        samples[count..].Clear();
        _samples.AsSpan(count, _count - count).CopyTo(_samples);
        _samples.AsSpan(_count - count, count).Clear();
        _count -= count;
        Start += samples.Length;
        if (_count == 0 && _samples.Length > MaxIdleSamples)
            _samples = [];
    }

    private void Write(ReadOnlySpan<short> samples)
    {
        samples.CopyTo(Room(samples.Length));
        Cursor += samples.Length;
    }

    // From the cursor on; the samples before it that were never written are silence.
    private Span<short> Room(int samples)
    {
        var at = (int)(Cursor - Start);
        var end = at + samples;
        if (end > _samples.Length)
            Array.Resize(ref _samples, Math.Max(end, Math.Min(_samples.Length * 2, _samples.Length + (30 * RateHz))));
        _count = Math.Max(_count, end);
        return _samples.AsSpan(at, samples);
    }
}

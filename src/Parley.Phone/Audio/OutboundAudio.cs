using Parley.Client;
using Parley.Protocol;

namespace Parley.Phone.Audio;

/// <summary>
/// What the model says: 24 kHz PCM in, frames of 20 ms for the carrier out. It knows for each frame where in the model's audio it ends, so that a mark of
/// the carrier tells what the caller has heard. Thread-safe.
/// </summary>
internal sealed class OutboundAudio : IAudioSink
{
    /// <summary>Longest audio that waits for its playback; the rest is dropped. No model says as much in one answer.</summary>
    internal static readonly TimeSpan MaxQueued = TimeSpan.FromMinutes(10);

    private readonly PhoneFormat _format;
    private readonly Action _written;
    private readonly Lock _gate = new();
    private readonly SampleQueue _queue = new();
    private readonly short[] _frame;
    private Resampler _resampler;
    private short[] _resampled = [];
    private TimeSpan _received, _base;
    private long _taken;
    private bool _isFlushed = true;

    /// <param name="format">Format of the carrier.</param>
    /// <param name="written">Called when audio was added.</param>
    internal OutboundAudio(PhoneFormat format, Action written)
    {
        (_format, _written) = (format, written);
        _frame = new short[format.FrameSamples];
        _resampler = new Resampler(AudioFormat.OutputRateHz, format.RateHz);
    }

    /// <summary>Audio that was dropped because too much waited.</summary>
    internal TimeSpan Dropped { get; private set; }

    /// <summary>All audio that the model has sent on this connection.</summary>
    internal TimeSpan Received
    {
        get { lock (_gate) return _received; }
    }

    /// <summary>Audio that waits here.</summary>
    internal TimeSpan Queued
    {
        get { lock (_gate) return TimeSpan.FromSeconds((double)_queue.Count / _format.RateHz); }
    }

    /// <summary>Whether a whole frame waits, or the rest of an answer.</summary>
    internal bool HasFrame
    {
        get { lock (_gate) return HasFrameNow(); }
    }

    /// <summary>Whether nothing waits.</summary>
    internal bool IsEmpty
    {
        get { lock (_gate) return _queue.Count == 0 && _isFlushed; }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> pcm, int rateHz)
    {
        lock (_gate)
        {
            var length = TimeSpan.FromSeconds(pcm.Length / (double)(Pcm.BytesPerSample * rateHz));
            _received += length;
            if (_queue.Count > MaxQueued.TotalSeconds * _format.RateHz)
            {
                Dropped += length;
                return;
            }
            if (_resampler.InputRateHz != rateHz)
                _resampler = new Resampler(rateHz, _format.RateHz);
            Ensure(_resampler.MaxOutputSamples((pcm.Length / Pcm.BytesPerSample) + 1));
            _queue.Write(_resampled.AsSpan(0, _resampler.Process(pcm, _resampled)));
            _isFlushed = false;
        }
        _written();
    }

    /// <summary>The answer is complete: what the resampler still has, and a frame that is not full, can be played.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            if (_isFlushed)
                return;
            Ensure(_resampler.MaxFlushSamples);
            _queue.Write(_resampled.AsSpan(0, _resampler.Flush(_resampled)));
            _resampler.Reset();
            _isFlushed = true;
        }
        _written();
    }

    /// <summary>Drops everything.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            _queue.Clear();
            _resampler.Reset();
            _isFlushed = true;
            (_base, _taken) = (_received, 0);
        }
    }

    /// <summary>The connection to the model is a new one, which counts from zero.</summary>
    internal void Restart()
    {
        lock (_gate)
        {
            _base -= _received;
            _received = TimeSpan.Zero;
        }
    }

    /// <summary>Takes the next frame, encoded; false if there is none.</summary>
    /// <param name="frame">Receives it.</param>
    /// <param name="position">Where in the audio of the model it ends.</param>
    internal bool TryTake(Span<byte> frame, out TimeSpan position)
    {
        lock (_gate)
        {
            position = default;
            if (!HasFrameNow())
                return false;
            var samples = Math.Min(_queue.Count, _frame.Length);
            _queue.Read(_frame.AsSpan(0, samples));
            _frame.AsSpan(samples).Clear();
            _format.Encode(_frame, frame);
            _taken += samples;
            position = _isFlushed && _queue.Count == 0 ? _received : _base + TimeSpan.FromSeconds((double)_taken / _format.RateHz);
            if (position > _received)
                position = _received;
            if (position < TimeSpan.Zero)
                position = TimeSpan.Zero;
            if (_isFlushed && _queue.Count == 0)
                (_base, _taken) = (_received, 0);
            return true;
        }
    }

    private bool HasFrameNow() => _queue.Count >= _frame.Length || (_isFlushed && _queue.Count > 0);

    private void Ensure(int samples)
    {
        if (_resampled.Length < samples)
            _resampled = new short[samples];
    }
}

using System.Buffers;
using Parley.Protocol;

namespace Parley.Phone.Audio;

/// <summary>
/// What the caller says: frames of the carrier in, 16 kHz PCM out. Lost frames are concealed by repeating the last one, softer each time, and by silence
/// after that; a long gap is shortened, so that the model does not wait for what nobody said. Not thread-safe.
/// </summary>
internal sealed class InboundAudio : IFrameSink
{
    /// <summary>After so many repetitions a lost frame is silence: a longer repetition sounds like a machine.</summary>
    private const int MaxRepeated = 4;

    /// <summary>A longer gap is not filled: 200 ms.</summary>
    private const int MaxConcealed = 10;

    /// <summary>Level of speech, for the latency of answers: about -40 dB of full scale.</summary>
    private const double LoudRms = 328;

    private readonly PhoneFormat _format;
    private readonly JitterBuffer _jitter;
    private readonly Resampler _resampler;
    private readonly ArrayBufferWriter<byte> _output = new(4 << 10);
    private readonly short[] _last;
    private short[] _decoded, _resampled;
    private int _lastSamples;

    internal InboundAudio(PhoneFormat format, TimeSpan jitter)
    {
        _format = format;
        _jitter = new JitterBuffer(format.RateHz, jitter);
        _resampler = new Resampler(format.RateHz, AudioFormat.InputRateHz);
        (_decoded, _resampled, _last) = (new short[format.FrameSamples], [], new short[format.FrameSamples]);
    }

    internal long Lost => _jitter.Lost;

    internal long Late => _jitter.Late;

    /// <summary>Whether the last frame was as loud as speech.</summary>
    internal bool IsLoud { get; private set; }

    /// <summary>Takes a frame, and returns what can be sent now; valid until the next call.</summary>
    internal ReadOnlyMemory<byte> Accept(long? number, long? time, ReadOnlySpan<byte> frame)
    {
        _output.ResetWrittenCount();
        var samples = _format.SamplesIn(frame.Length);
        if (_decoded.Length < samples)
            _decoded = new short[samples];
        var decoded = _decoded.AsSpan(0, _format.Decode(frame, _decoded));
        IsLoud = IsSpeech(decoded);
        _jitter.Add(number, time, decoded, this);
        return _output.WrittenMemory;
    }

    void IFrameSink.Play(ReadOnlySpan<short> samples)
    {
        Write(samples);
        _lastSamples = Math.Min(samples.Length, _last.Length);
        samples[..Math.Min(samples.Length, _last.Length)].CopyTo(_last);
    }

    void IFrameSink.Conceal(int frames)
    {
        for (var i = 0; i < Math.Min(frames, MaxConcealed); i++)
        {
            var last = _last.AsSpan(0, _lastSamples);
            if (i >= MaxRepeated || last.IsEmpty)
            {
                _last.AsSpan().Clear();
                last = _last.AsSpan(0, _format.FrameSamples);
            }
            Fade(last);
            Write(last);
        }
    }

    // Each repetition falls from its level to 60 % of it, so that the next one continues where it ends.
    private static void Fade(Span<short> samples)
    {
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)(samples[i] * (1 - (0.4 * i / samples.Length)) * 0.8);
    }

    private static bool IsSpeech(ReadOnlySpan<short> samples)
    {
        var sum = 0L;
        foreach (var sample in samples)
            sum += sample * sample;
        return samples.Length > 0 && sum > LoudRms * LoudRms * samples.Length;
    }

    private void Write(ReadOnlySpan<short> samples)
    {
        var most = _resampler.MaxOutputSamples(samples.Length);
        if (_resampled.Length < most)
            _resampled = new short[most];
        var count = _resampler.Process(samples, _resampled);
        _output.Advance(Pcm.ToBytes(_resampled.AsSpan(0, count), _output.GetSpan(Math.Max(1, count * Pcm.BytesPerSample))));
    }
}

using System.Numerics.Tensors;

namespace Parley.Speech.Activity;

/// <summary>
/// Detects the echo of our own output in the microphone signal: compares the newest stretch of the microphone with what was played before,
/// at every delay up to a limit; the best normalised cross-correlation measures how much of it is echo. Both signals are resampled to 4 kHz
/// and low frequencies attenuated, because voices differ most above them. Level, delay and moderate filtering do not matter. A user
/// who talks over the echo, louder than it, lowers the correlation and is not mistaken for it.
/// </summary>
/// <remarks>
/// Time is an argument, from any single clock. The client is assumed to play in real time from the first audio it gets. A comparison
/// takes about a millisecond (five million multiplications at the defaults) and is made only on request; keeping the audio takes one
/// resampler per direction. Calls allocate only on first use. Not thread-safe.
/// </remarks>
internal sealed class EchoDetector
{
    private const int Rate = 4_000;
    private const int BlockSamples = 2_400;

    // Attenuates low frequencies by about 20 dB relative to 1 kHz.
    private const float PreEmphasis = 0.9f;

    // Below -66 dB of full scale there is nothing to compare.
    private const float MinLevel = 16;

    // The stretch that is compared by its level, 80 ms, and what may sound in it: echo that comes 50 ms early, or reverberates for 300 ms.
    private const int TalkSamples = 320;
    private const int EarlySamples = 200;
    private const int LateSamples = 1_200;
    private const int TalkStep = 40;

    // 8 dB above the loudest that the echo can be.
    private const float TalkedOver = 6;

    private readonly EchoSettings _settings;
    private readonly Resampler _playedDown = new(24_000, Rate);
    private readonly Resampler _heardDown = new(16_000, Rate);
    private readonly short[] _played;
    private readonly short[] _heard;
    private readonly short[] _input = new short[BlockSamples];
    private readonly short[] _output = new short[BlockSamples];
    private readonly float[] _window;
    private readonly float[] _reference;
    private readonly int _maxDelay;
    private readonly long _maxAhead;

    // Positions are samples of the 4 kHz clock that the time argument is counted on.
    private long _playedUntil;
    private long _heardUntil;
    private short _lastPlayed;
    private short _lastHeard;
    private bool _hasPlayed;
    private double _echoPower;
    private int _echoDelay;

    /// <summary>Starts a session in which nothing was played.</summary>
    /// <param name="settings">What counts as an echo; null for the defaults.</param>
    public EchoDetector(EchoSettings? settings = null)
    {
        _settings = settings ?? new EchoSettings();
        var window = Samples(_settings.Window);
        _maxDelay = (int)Samples(_settings.MaxDelay);
        _maxAhead = Samples(_settings.MaxAhead);
        _window = new float[window];
        _heard = new short[window];
        _reference = new float[window + _maxDelay];
        _played = new short[window + _maxDelay + _maxAhead];
    }

    /// <summary>The correlation found by the last comparison, 0 to 1.</summary>
    public float Similarity { get; private set; }

    /// <summary>The delay at which it was found.</summary>
    public TimeSpan Delay { get; private set; }

    /// <summary>Whether played audio may still arrive at the microphone.</summary>
    public bool IsAudible(TimeSpan now) => _hasPlayed && Samples(now) <= _playedUntil + _maxDelay + _window.Length;

    /// <summary>Audio was sent to the client, which plays it after what was sent before.</summary>
    /// <param name="pcm">24 kHz mono PCM16.</param>
    /// <param name="now">When.</param>
    public void Played(ReadOnlySpan<byte> pcm, TimeSpan now)
    {
        var at = Samples(now);
        if (!_hasPlayed || _playedUntil < at)
            Silence(_hasPlayed ? _playedUntil : at - _played.Length, at);
        _hasPlayed = true;
        while (pcm.Length >= sizeof(short))
        {
            var bytes = Math.Min(pcm.Length, BlockSamples * sizeof(short));
            var count = Pcm.ToSamples(pcm[..bytes], _input);
            pcm = pcm[bytes..];
            var resampled = _output.AsSpan(0, _playedDown.Process(_input.AsSpan(0, count), _output));
            Emphasise(resampled, ref _lastPlayed);
            // Audio too far ahead would overwrite what may be audible now.
            if (_playedUntil + resampled.Length - at <= _maxAhead)
                Write(_played, _playedUntil, resampled);
            _playedUntil += resampled.Length;
        }
    }

    /// <summary>The client was told to drop what it has not played yet.</summary>
    public void Stopped(TimeSpan now)
    {
        var at = Samples(now);
        if (!_hasPlayed || _playedUntil <= at)
            return;
        Silence(at, Math.Min(_playedUntil, at + _maxAhead));
        _playedUntil = at;
    }

    /// <summary>Microphone audio arrived. Not needed while nothing <see cref="IsAudible"/>.</summary>
    /// <param name="samples">16 kHz mono, continuing what arrived before.</param>
    /// <param name="now">When its last sample arrived.</param>
    public void Heard(ReadOnlySpan<short> samples, TimeSpan now)
    {
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, BlockSamples);
            var resampled = _output.AsSpan(0, _heardDown.Process(samples[..count], _output));
            samples = samples[count..];
            Emphasise(resampled, ref _lastHeard);
            Write(_heard, _heardUntil, resampled);
            _heardUntil += resampled.Length;
        }
    }

    /// <summary>Whether the newest stretch of microphone audio is an echo of what was played.</summary>
    /// <param name="now">When its last sample arrived.</param>
    public bool IsEcho(TimeSpan now)
    {
        (Similarity, Delay) = (0, default);
        if (!IsAudible(now))
            return false;
        // Before the first microphone audio there is silence.
        Read(_heard, _heardUntil - _window.Length, _window);
        var end = Samples(now);
        Read(_played, end - _reference.Length, _reference);
        var own = TensorPrimitives.SumOfSquares<float>(_window);
        var floor = MinLevel * MinLevel * _window.Length;
        if (own < floor)
            return false;

        var power = 0.0;
        // The latest stretch first: delay 0 is the end of the reference.
        var energy = (double)TensorPrimitives.SumOfSquares<float>(_reference.AsSpan(_maxDelay));
        for (var delay = 0; ; delay++)
        {
            var start = _maxDelay - delay;
            if (energy > floor)
            {
                var similarity = Math.Abs(TensorPrimitives.Dot(_window, _reference.AsSpan(start, _window.Length))) / (float)Math.Sqrt(own * energy);
                if (similarity > Similarity)
                    (Similarity, Delay, power) = (similarity, TimeSpan.FromSeconds((double)delay / Rate), similarity * similarity * own / energy);
            }
            if (start == 0)
                break;
            float gone = _reference[start + _window.Length - 1], come = _reference[start - 1];
            energy += (come * come) - (gone * gone);
        }
        if (Similarity < _settings.Threshold)
            return false;
        (_echoPower, _echoDelay) = (power, (int)Math.Round(Delay.TotalSeconds * Rate));
        return true;
    }

    /// <summary>
    /// Whether somebody speaks over the echo: the newest 80 ms are louder than the echo found last can be, at its level and delay. Much
    /// cheaper than <see cref="IsEcho"/>, and sooner: it need not wait until the echo is a small part of its stretch.
    /// </summary>
    /// <param name="now">When the last sample arrived.</param>
    public bool IsTalkedOver(TimeSpan now)
    {
        if (_echoPower <= 0 || !IsAudible(now))
            return false;
        var newest = _window.AsSpan(0, TalkSamples);
        Read(_heard, _heardUntil - TalkSamples, newest);
        var own = TensorPrimitives.SumOfSquares<float>(newest);
        if (own < MinLevel * MinLevel * TalkSamples)
            return false;
        var reference = _reference.AsSpan(0, LateSamples + TalkSamples + EarlySamples);
        Read(_played, Samples(now) - _echoDelay + EarlySamples - reference.Length, reference);
        var loudest = 0f;
        for (var at = 0; at + TalkSamples <= reference.Length; at += TalkStep)
            loudest = Math.Max(loudest, TensorPrimitives.SumOfSquares<float>(reference.Slice(at, TalkSamples)));
        return own > TalkedOver * _echoPower * loudest;
    }

    private static long Samples(TimeSpan time) => (long)Math.Round(time.TotalSeconds * Rate);

    private static void Emphasise(Span<short> samples, ref short last)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = samples[i];
            samples[i] = (short)Math.Clamp(sample - (PreEmphasis * last), short.MinValue, short.MaxValue);
            last = sample;
        }
    }

    private void Silence(long from, long to)
    {
        from = Math.Max(from, to - _played.Length);
        for (var at = from; at < to; at++)
            _played[Index(_played, at)] = 0;
        _playedUntil = Math.Max(_playedUntil, to);
    }

    private static void Write(short[] ring, long at, ReadOnlySpan<short> samples)
    {
        foreach (var sample in samples)
            ring[Index(ring, at++)] = sample;
    }

    private static void Read(short[] ring, long at, Span<float> samples)
    {
        for (var i = 0; i < samples.Length; i++)
            samples[i] = ring[Index(ring, at + i)];
    }

    private static int Index(short[] ring, long at)
    {
        var index = (int)(at % ring.Length);
        return index < 0 ? index + ring.Length : index;
    }
}

namespace Parley.Phone.Audio;

/// <summary>
/// Puts frames in the order of their numbers, and finds gaps. Carriers number the messages they send, so a missing number is one that is late; what was lost
/// before the carrier got it shows as a gap between time stamps only. While a number is missing, later frames are held, up to a length; then it is given up.
/// In the usual case nothing is held and nothing is delayed. It judges by numbers and time stamps alone, not by when frames arrive.
/// </summary>
/// <param name="rateHz">Samples per second.</param>
/// <param name="maxHeld">How much is held while a frame is missing.</param>
internal sealed class JitterBuffer(int rateHz, TimeSpan maxHeld)
{
    /// <summary>A number that is this far away belongs to another count: the carrier began again.</summary>
    private const int MaxDistance = 500;

    /// <summary>A longer gap is a pause of the carrier, such as a call on hold.</summary>
    private const double MaxGapMilliseconds = 1_000;

    private readonly SortedList<long, Frame> _held = [];
    private readonly int _maxHeldSamples = (int)(maxHeld.TotalSeconds * rateHz);
    private long? _next;
    private int _heldSamples;
    private double? _expectedAt;
    private long? _lastTime;
    private bool _countsMilliseconds;

    /// <summary>Frames that never came.</summary>
    internal long Lost { get; private set; }

    /// <summary>Frames that came after their number was given up, or twice; they are dropped.</summary>
    internal long Late { get; private set; }

    /// <summary>Adds a frame, and passes on what is in order now.</summary>
    /// <param name="number">Its number; null = none, and it passes as it comes.</param>
    /// <param name="time">Its time stamp; null = none.</param>
    /// <param name="samples">Its samples; copied if it is held.</param>
    /// <param name="sink">Takes the audio.</param>
    internal void Add(long? number, long? time, ReadOnlySpan<short> samples, IFrameSink sink)
    {
        if (number is not { } at)
        {
            Play(time, samples, sink);
            return;
        }
        if (_next is { } expected && Math.Abs((double)at - expected) > MaxDistance)
        {
            while (_held.Count > 0)
                GiveUp(sink);
            (_next, _expectedAt) = (null, null);
        }
        _next ??= at;
        if (at < _next || _held.ContainsKey(at))
        {
            Late++;
            return;
        }
        if (at > _next)
        {
            _held.Add(at, new Frame(time, samples.ToArray()));
            _heldSamples += samples.Length;
            while (_heldSamples > _maxHeldSamples && _held.Count > 0)
                GiveUp(sink);
            return;
        }
        Play(time, samples, sink);
        _next++;
        Follow(sink);
    }

    private void GiveUp(IFrameSink sink)
    {
        var first = _held.GetKeyAtIndex(0);
        // Time stamps tell better how much is missing.
        if (!_countsMilliseconds || _held.GetValueAtIndex(0).Time is null)
            Conceal((int)(first - _next!.Value), sink);
        _next = first;
        Follow(sink);
    }

    private void Follow(IFrameSink sink)
    {
        while (_held.Count > 0 && _held.GetKeyAtIndex(0) == _next)
        {
            var frame = _held.GetValueAtIndex(0);
            _held.RemoveAt(0);
            _heldSamples -= frame.Samples.Length;
            Play(frame.Time, frame.Samples, sink);
            _next++;
        }
    }

    private void Play(long? time, ReadOnlySpan<short> samples, IFrameSink sink)
    {
        var length = 1_000.0 * samples.Length / rateHz;
        if (time is { } at && length > 0)
        {
            // Some carriers do not say what they count; two neighbours as far apart as a frame is long do.
            _countsMilliseconds |= _lastTime is { } last && Math.Abs(at - (double)last - length) <= length / 2;
            var gap = at - (_expectedAt ?? at);
            if (gap > MaxGapMilliseconds || gap < -MaxGapMilliseconds)
                (gap, _expectedAt) = (0, at);
            // Less than a frame ahead is jitter of the clock that makes the stamps.
            var missing = _countsMilliseconds ? (int)Math.Round((gap + 0.5) / length, MidpointRounding.ToZero) : 0;
            if (gap < length - 1)
                missing = 0;
            if (missing > 0)
                Conceal(missing, sink);
            _expectedAt = _countsMilliseconds ? (_expectedAt ?? at) + ((missing + 1) * length) : at + length;
            _lastTime = at;
        }
        sink.Play(samples);
    }

    private void Conceal(int frames, IFrameSink sink)
    {
        Lost += frames;
        sink.Conceal(frames);
    }

    private readonly record struct Frame(long? Time, short[] Samples);
}

/// <summary>Takes audio in order.</summary>
internal interface IFrameSink
{
    /// <summary>The next frame.</summary>
    void Play(ReadOnlySpan<short> samples);

    /// <summary>Frames are missing here.</summary>
    void Conceal(int frames);
}

namespace Parley.Phone.Audio;

/// <summary>
/// Puts frames in the order of their numbers. It judges by the numbers alone: while a frame is missing, later ones are held, up to a length; then the gap is
/// given up. In the usual case nothing is held and nothing is delayed. Frames without a number pass as they come.
/// </summary>
/// <param name="maxHeldSamples">How much is held while a frame is missing.</param>
internal sealed class JitterBuffer(int maxHeldSamples)
{
    /// <summary>A number that is this far away belongs to another count: the carrier began again.</summary>
    private const int MaxDistance = 500;

    private readonly SortedList<long, short[]> _held = [];
    private long? _next;
    private int _heldSamples;

    /// <summary>Frames that never came.</summary>
    internal long Lost { get; private set; }

    /// <summary>Frames that came after their gap was given up, or twice; they are dropped.</summary>
    internal long Late { get; private set; }

    /// <summary>Adds a frame, and passes on what is in order now.</summary>
    /// <param name="number">Its number; null = none.</param>
    /// <param name="samples">Its samples; copied if it is held.</param>
    /// <param name="sink">Takes the audio.</param>
    internal void Add(long? number, ReadOnlySpan<short> samples, IFrameSink sink)
    {
        if (number is not { } at)
        {
            sink.Play(samples);
            return;
        }
        if (_next is { } expected && Math.Abs(at - expected) > MaxDistance)
        {
            Release(sink);
            _next = null;
        }
        _next ??= at;
        if (at < _next || _held.ContainsKey(at))
        {
            Late++;
            return;
        }
        if (at > _next)
        {
            _held.Add(at, samples.ToArray());
            _heldSamples += samples.Length;
            while (_heldSamples > maxHeldSamples && _held.Count > 0)
                GiveUp(sink);
            return;
        }
        sink.Play(samples);
        _next++;
        Follow(sink);
    }

    private void GiveUp(IFrameSink sink)
    {
        var missing = (int)(_held.GetKeyAtIndex(0) - _next!.Value);
        Lost += missing;
        sink.Conceal(missing);
        _next = _held.GetKeyAtIndex(0);
        Follow(sink);
    }

    private void Follow(IFrameSink sink)
    {
        while (_held.Count > 0 && _held.GetKeyAtIndex(0) == _next)
        {
            var samples = _held.GetValueAtIndex(0);
            _held.RemoveAt(0);
            _heldSamples -= samples.Length;
            sink.Play(samples);
            _next++;
        }
    }

    private void Release(IFrameSink sink)
    {
        while (_held.Count > 0)
            GiveUp(sink);
    }
}

/// <summary>Takes audio in order.</summary>
internal interface IFrameSink
{
    /// <summary>The next frame.</summary>
    void Play(ReadOnlySpan<short> samples);

    /// <summary>Frames are missing here.</summary>
    void Conceal(int frames);
}

using Parley.Audio;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Phone;

/// <summary>What was played to the caller, frame by frame from the beginning of the call, and which frames were audible. Not thread-safe.</summary>
internal sealed class HeardAudio(int sampleRateHz, double thresholdDb, TimeSpan pause)
{
    private readonly List<short> _samples = [];
    private readonly List<bool> _isAudible = [];
    private int? _firstOfSound;
    private int _lastOfSound;

    internal WavFile Audio => new(sampleRateHz, _samples.ToArray());

    /// <summary>Adds a frame.</summary>
    /// <returns>The sound that started or ended with it.</returns>
    internal CallerEvent? Add(ReadOnlySpan<short> frame)
    {
        var number = _isAudible.Count;
        var isAudible = AudioLevel.Db(frame) >= thresholdDb;
        _samples.AddRange(frame);
        _isAudible.Add(isAudible);
        if (!isAudible)
            return _firstOfSound is not null && TimeOf(number - _lastOfSound) >= pause ? End() : null;
        _lastOfSound = number;
        if (_firstOfSound is not null)
            return null;
        _firstOfSound = number;
        return new CallerEvent(TimeOf(number), CallerEventKind.SoundStarted);
    }

    /// <summary>Ends the sound that is heard, if there is one.</summary>
    internal CallerEvent? End()
    {
        if (_firstOfSound is not { } first)
            return null;
        _firstOfSound = null;
        return new CallerEvent(TimeOf(_lastOfSound + 1), CallerEventKind.SoundEnded, Length: TimeOf(_lastOfSound + 1 - first));
    }

    /// <summary>The begin of the first audible frame that begins at this time or later; null if there is none.</summary>
    internal TimeSpan? SoundAfter(TimeSpan at)
    {
        var number = FrameAt(at);
        while (number < _isAudible.Count && !_isAudible[number])
            number++;
        return number < _isAudible.Count ? TimeOf(number) : null;
    }

    /// <summary>The time, not before the given one, from which nothing was audible for the pause; null if there is none.</summary>
    internal TimeSpan? SilenceAfter(TimeSpan at)
    {
        var needed = (int)Math.Max(1, Math.Ceiling(pause / CallerCodec.Frame));
        var quiet = 0;
        for (var number = FrameAt(at); number < _isAudible.Count; number++)
        {
            quiet = _isAudible[number] ? 0 : quiet + 1;
            if (quiet == needed)
                return TimeOf(number + 1 - needed);
        }
        return null;
    }

    private static TimeSpan TimeOf(int frames) => frames * CallerCodec.Frame;

    // The first frame that begins at this time or later.
    private static int FrameAt(TimeSpan at) => (int)Math.Max(0, (at.Ticks + CallerCodec.Frame.Ticks - 1) / CallerCodec.Frame.Ticks);
}

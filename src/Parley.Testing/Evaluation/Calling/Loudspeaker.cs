using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Evaluation.Measuring;

namespace Parley.Testing.Evaluation.Calling;

/// <summary>Plays the agent's audio as a listener would hear it: one piece after the other from its arrival on, the rest dropped when the answer is cut.</summary>
internal sealed class Loudspeaker(double thresholdDb)
{
    private readonly List<(TimeSpan Start, short[] Samples)> _pieces = [];

    // Loud parts of what was queued, in order. Those in the future have not been heard yet.
    private readonly List<SpeechSegment> _loud = [];

    /// <summary>When the queue will be empty.</summary>
    internal TimeSpan PlaysUntil { get; private set; }

    /// <summary>Queues audio that arrived.</summary>
    internal void Play(short[] samples, TimeSpan now)
    {
        var start = now > PlaysUntil ? now : PlaysUntil;
        _pieces.Add((start, samples));
        PlaysUntil = start + PcmFormat.Hz24000.DurationOf(samples.Length);
        foreach (var part in SpeechSegmenter.Find(samples, AudioFormat.OutputRateHz, thresholdDb, SpeechSegmenter.Frame, leastFrames: 1))
            _loud.Add(new SpeechSegment(start + part.Start, start + part.End));
    }

    /// <summary>Drops what has not been played.</summary>
    internal void Cut(TimeSpan now)
    {
        if (now >= PlaysUntil)
            return;
        for (var i = _pieces.Count - 1; i >= 0 && EndOf(_pieces[i]) > now; i--)
        {
            if (_pieces[i].Start >= now)
                _pieces.RemoveAt(i);
            else
                _pieces[i] = (_pieces[i].Start, _pieces[i].Samples[..(int)PcmFormat.Hz24000.SamplesIn(now - _pieces[i].Start)]);
        }
        _loud.RemoveAll(part => part.Start >= now);
        if (_loud is [.., var last] && last.End > now)
            _loud[^1] = last with { End = now };
        PlaysUntil = now;
    }

    /// <summary>When the listener first hears something at or after a time; null if nothing is queued.</summary>
    internal TimeSpan? FirstSoundAfter(TimeSpan time)
    {
        var at = _loud.FindIndex(part => part.End > time);
        return at < 0 ? null : _loud[at].Start > time ? _loud[at].Start : time;
    }

    /// <summary>Everything that was heard, with the silence between.</summary>
    internal short[] Record(TimeSpan length)
    {
        var samples = new short[PcmFormat.Hz24000.SamplesIn(length)];
        foreach (var (start, piece) in _pieces)
        {
            var at = (int)Math.Min(samples.Length, PcmFormat.Hz24000.SamplesIn(start));
            piece.AsSpan(0, Math.Min(piece.Length, samples.Length - at)).CopyTo(samples.AsSpan(at));
        }
        return samples;
    }

    private static TimeSpan EndOf((TimeSpan Start, short[] Samples) piece) => piece.Start + PcmFormat.Hz24000.DurationOf(piece.Samples.Length);
}

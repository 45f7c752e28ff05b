namespace Parley.Speech.Whisper.Streaming;

/// <summary>
/// Where the speech of an utterance is, by level: frames of 20 ms that stand out of the quietest ones. It serves to skip silence and to find
/// pauses; whether there is speech at all was decided before by activity detection.
/// </summary>
internal sealed class SpeechExtent
{
    /// <summary>Samples of a frame.</summary>
    public const int Frame = 320;

    /// <summary>Kept after the last loud frame: weak sounds at the end of a word.</summary>
    public const int Tail = 4_800;

    private const int MinLevel = -100;
    private const int SilenceLevel = -60;

    // With less between loud and quiet frames there is no telling them apart: everything counts as speech.
    private const int MinRange = 12;

    private readonly List<sbyte> _levels = [];
    private readonly int[] _histogram = new int[-MinLevel + 1];
    private readonly short[] _rest = new short[Frame];
    private int _restCount;

    /// <summary>Whether nothing was louder than a silent room.</summary>
    public bool IsSilent => Percentile(1) <= SilenceLevel;

    /// <summary>Position after the last speech and its <see cref="Tail"/>; 0 if there was none.</summary>
    public int SpeechEnd
    {
        get
        {
            var threshold = Threshold();
            for (var i = _levels.Count - 1; i >= 0; i--)
            {
                if (_levels[i] > threshold)
                    return ((i + 1) * Frame) + Tail;
            }
            return 0;
        }
    }

    /// <summary>Adds the next audio of the utterance.</summary>
    public void Append(ReadOnlySpan<short> samples)
    {
        while (_restCount + samples.Length >= Frame)
        {
            var taken = Frame - _restCount;
            samples[..taken].CopyTo(_rest.AsSpan(_restCount));
            samples = samples[taken..];
            _restCount = 0;
            var level = Level(_rest);
            _levels.Add(level);
            _histogram[level - MinLevel]++;
        }
        samples.CopyTo(_rest.AsSpan(_restCount));
        _restCount += samples.Length;
    }

    /// <summary>The middle of the quietest fifth of a second between two positions: the place where a cut harms least.</summary>
    public int QuietestCut(int from, int to)
    {
        const int Window = 10;
        var (first, last) = (from / Frame, Math.Min(to / Frame, _levels.Count) - Window);
        var (best, bestSum) = (first, int.MaxValue);
        for (var i = first; i <= last; i++)
        {
            var sum = 0;
            for (var j = i; j < i + Window; j++)
                sum += _levels[j];
            if (sum < bestSum)
                (best, bestSum) = (i, sum);
        }
        return Math.Clamp((best + (Window / 2)) * Frame, from, to);
    }

    private int Threshold()
    {
        var (quiet, loud) = (Percentile(0.1), Percentile(0.98));
        return loud - quiet < MinRange ? MinLevel : quiet + (int)(0.3 * (loud - quiet));
    }

    private int Percentile(double part)
    {
        var wanted = Math.Max(1, (int)Math.Ceiling(part * _levels.Count));
        for (var i = 0; i < _histogram.Length; i++)
        {
            if ((wanted -= _histogram[i]) <= 0)
                return i + MinLevel;
        }
        return MinLevel;
    }

    private static sbyte Level(ReadOnlySpan<short> frame)
    {
        long sum = 0;
        foreach (var sample in frame)
            sum += sample * sample;
        var power = sum / (double)frame.Length / (32_768.0 * 32_768.0);
        return (sbyte)Math.Clamp(Math.Round(10 * Math.Log10(power + 1e-10)), MinLevel, 0);
    }
}

namespace Parley.Testing.Evaluation.Measuring;

/// <summary>
/// Finds speech in one channel by its energy: frames of 10 ms at or above a level, pauses shorter than a limit bridged, what is left with less than 60 ms of loud
/// frames dropped as a click.
/// </summary>
internal static class SpeechSegmenter
{
    internal static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(10);

    private const int LeastFrames = 6;

    internal static List<SpeechSegment> Find(ReadOnlySpan<short> samples, int rateHz, double thresholdDb, TimeSpan pause, int leastFrames = LeastFrames)
    {
        var found = new List<SpeechSegment>();
        var size = rateHz / 100;
        var least = Math.Pow(10, thresholdDb / 10) * short.MaxValue * short.MaxValue;
        var (start, last, loud) = (-1, -1, 0);
        var frames = (samples.Length + size - 1) / size;
        var bridged = (int)(pause / Frame);
        for (var i = 0; i < frames; i++)
        {
            if (MeanSquare(samples[(i * size)..Math.Min(samples.Length, (i + 1) * size)]) < least)
                continue;
            if (start >= 0 && i - last - 1 >= bridged)
            {
                Add();
                start = -1;
            }
            if (start < 0)
                (start, loud) = (i, 0);
            (last, loud) = (i, loud + 1);
        }
        Add();
        return found;

        void Add()
        {
            if (start >= 0 && loud >= leastFrames)
                found.Add(new SpeechSegment(start * Frame, (last + 1) * Frame));
        }
    }

    private static double MeanSquare(ReadOnlySpan<short> frame)
    {
        var sum = 0.0;
        foreach (var sample in frame)
            sum += (double)sample * sample;
        return sum / frame.Length;
    }
}

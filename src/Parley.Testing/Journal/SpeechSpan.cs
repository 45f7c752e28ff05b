using Parley.Protocol;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Journal;

/// <summary>Speech of the user: what is loud in the client's audio, at the times when it came.</summary>
/// <param name="Start">Begin, if the audio came in real time: when its first chunk came, less the duration of the chunk.</param>
/// <param name="End">When its last chunk came.</param>
/// <param name="Duration">Its duration in the audio.</param>
internal readonly record struct SpeechSpan(TimeSpan Start, TimeSpan End, TimeSpan Duration)
{
    private const double ThresholdDb = -45;

    /// <summary>A shorter pause does not end it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(800);

    /// <summary>The spans of a session.</summary>
    internal static List<SpeechSpan> Of(IEnumerable<JournalEntry> entries)
    {
        var spans = new List<SpeechSpan>();
        var (position, lastLoud) = (TimeSpan.Zero, TimeSpan.MinValue);
        foreach (var entry in entries)
        {
            if (entry.Request?.RealtimeInput?.Audio is not { Data: { } pcm } chunk)
                continue;
            AudioFormat.TryParseRate(chunk.MimeType, AudioFormat.InputRateHz, out var rateHz);
            var duration = TimeSpan.FromTicks(pcm.Length / 2 * TimeSpan.TicksPerSecond / rateHz);
            if (AudioLevel.Db(pcm.Span[..(pcm.Length & ~1)]) >= ThresholdDb)
            {
                if (lastLoud == TimeSpan.MinValue || position - lastLoud > Pause)
                    spans.Add(new SpeechSpan(entry.Time > duration ? entry.Time - duration : TimeSpan.Zero, entry.Time, duration));
                else
                    spans[^1] = spans[^1] with { End = entry.Time, Duration = spans[^1].Duration + (position - lastLoud) + duration };
                lastLoud = position + duration;
            }
            position += duration;
        }
        return spans;
    }

    internal TimeSpan Overlap(PlayedPiece piece)
    {
        var (from, to) = (Start > piece.Start ? Start : piece.Start, End < piece.End ? End : piece.End);
        return to > from ? to - from : TimeSpan.Zero;
    }
}

using Parley.Cli.Output;

namespace Parley.Cli.Calls;

/// <summary>The times of one turn, counted from the end of what the user said.</summary>
internal sealed class TurnLatency(TimeProvider timeProvider)
{
    private long _asked;
    private TimeSpan? _heard;
    private TimeSpan? _firstText;
    private TimeSpan? _firstAudio;
    private TimeSpan _audio;

    internal TimeSpan? FirstAudio => _firstAudio;

    internal void Asked()
    {
        _asked = timeProvider.GetTimestamp();
        _heard = _firstText = _firstAudio = null;
        _audio = TimeSpan.Zero;
    }

    internal void Heard() => _heard ??= Elapsed();

    internal void Text() => _firstText ??= Elapsed();

    internal void Audio(TimeSpan duration)
    {
        _firstAudio ??= Elapsed();
        _audio += duration;
    }

    internal void Tell(IReport report)
    {
        var complete = Elapsed();
        report.Fact(
            "latency",
            $"latency  heard {Show(_heard)} · first words {Show(_firstText)} · first audio {Show(_firstAudio)} · turn complete {Show(complete)} · {_audio.TotalSeconds:0.0} s of audio",
            ("heardMs", Milliseconds(_heard)),
            ("firstTextMs", Milliseconds(_firstText)),
            ("firstAudioMs", Milliseconds(_firstAudio)),
            ("turnCompleteMs", Milliseconds(complete)),
            ("audioSeconds", Math.Round(_audio.TotalSeconds, 3)));
    }

    private TimeSpan Elapsed() => timeProvider.GetElapsedTime(_asked);

    private static string Show(TimeSpan? time) => time is { } known ? $"{known.TotalMilliseconds:0} ms" : "–";

    private static double? Milliseconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalMilliseconds, 1) : null;
}

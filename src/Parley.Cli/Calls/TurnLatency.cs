using Parley.Cli.Output;

namespace Parley.Cli.Calls;

/// <summary>
/// The times of one turn as the client sees them, from the end of the user's input: the last audible microphone audio, or the sending of a
/// text. Names are those of the server's turn metrics. Thread-safe.
/// </summary>
internal sealed class TurnLatency(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private long? _endOfSpeech;
    private Times _turn;

    /// <summary>The user's input ends now. If an answer is arriving, this belongs to the next turn.</summary>
    internal void EndOfSpeech()
    {
        lock (_lock)
            _endOfSpeech = timeProvider.GetTimestamp();
    }

    internal void Heard() => Note(static (ref Times turn, long now) => turn.FinalTranscript = now);

    internal void Text() => Note(static (ref Times turn, long now) => turn.FirstText ??= now, begins: true);

    /// <summary>Returns whether this is the first audio of the turn.</summary>
    internal bool Audio(TimeSpan duration)
    {
        lock (_lock)
        {
            var first = _turn.FirstAudio is null;
            Note(static (ref Times turn, long now) => turn.FirstAudio ??= now, begins: true);
            _turn.Audio += duration;
            return first;
        }
    }

    /// <summary>The loudspeaker played the first sample of the turn.</summary>
    internal void Audible() => Note(static (ref Times turn, long now) => turn.FirstAudible ??= now);

    /// <summary>The answer was interrupted, and playback stopped.</summary>
    internal void Interrupted() => Note(static (ref Times turn, long now) => turn.Interrupted ??= now);

    /// <summary>Reports the times of the turn and begins the next. A turn without output is not reported.</summary>
    internal void Complete(Action<string, (string Name, object? Value)[]> report)
    {
        Times turn;
        lock (_lock)
        {
            Note(static (ref Times turn, long now) => turn.TurnComplete = now);
            turn = _turn;
            _turn = default;
        }
        if (turn.From is null)
            return;
        report(
            $"latency  {Named("final transcript", turn.FinalTranscript)}{Named("first words", turn.FirstText)}{Named("first audio", turn.FirstAudio)}"
            + $"{Named("first audible", turn.FirstAudible)}{Named("interrupted", turn.Interrupted)}turn complete {Show(Since(turn.TurnComplete))}"
            + $" · {turn.Audio.TotalSeconds:0.0} s of audio",
            [
                ("finalTranscriptMs", Milliseconds(turn.FinalTranscript)),
                ("firstTextMs", Milliseconds(turn.FirstText)),
                ("firstAudioMs", Milliseconds(turn.FirstAudio)),
                ("firstAudibleMs", Milliseconds(turn.FirstAudible)),
                ("interruptedMs", Milliseconds(turn.Interrupted)),
                ("turnCompleteMs", Milliseconds(turn.TurnComplete)),
                ("audioSeconds", Math.Round(turn.Audio.TotalSeconds, 3)),
            ]);

        string Named(string name, long? at) => at is null ? "" : $"{name} {Show(Since(at))} · ";
        TimeSpan? Since(long? at) => at is { } then ? timeProvider.GetElapsedTime(turn.From.Value, then) : null;
        double? Milliseconds(long? at) => Since(at) is { } time ? Math.Round(time.TotalMilliseconds, 1) : null;
    }

    internal void Report(IReport report) => Complete((sentence, data) => report.Fact("latency", sentence, data));

    private static string Show(TimeSpan? time) => time is { } known ? $"{known.TotalMilliseconds:0} ms" : "–";

    private void Note(Mark mark, bool begins = false)
    {
        lock (_lock)
        {
            var now = timeProvider.GetTimestamp();
            if (begins)
                _turn.From ??= _endOfSpeech ?? now;
            mark(ref _turn, now);
        }
    }

    private delegate void Mark(ref Times turn, long now);

    private struct Times
    {
        internal long? From, FinalTranscript, FirstText, FirstAudio, FirstAudible, Interrupted, TurnComplete;
        internal TimeSpan Audio;
    }
}

using Parley.Cli.Output;

namespace Parley.Cli.Calls;

/// <summary>
/// The times of one turn as a client can know them, counted from the end of what the user said: the last loud moment of the microphone, or the
/// moment a text was sent. Names are those of the server's latency ledger. Used from any thread.
/// </summary>
internal sealed class TurnLatency(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private long? _endOfSpeech;
    private Times _turn;

    /// <summary>The user said something up to now. While an answer comes in it belongs to the next turn.</summary>
    internal void Asked()
    {
        lock (_lock)
            _endOfSpeech = timeProvider.GetTimestamp();
    }

    internal void Heard() => Note(static (ref Times turn, long now) => turn.FinalTranscript = now);

    internal void Text() => Note(static (ref Times turn, long now) => turn.FirstText ??= now, begins: true);

    /// <summary>Returns whether this is the first sound of the turn.</summary>
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

    /// <summary>The first sample of the turn came out of the loudspeaker.</summary>
    internal void Audible() => Note(static (ref Times turn, long now) => turn.FirstAudible ??= now);

    /// <summary>The answer was cut, and the loudspeaker fell silent.</summary>
    internal void Interrupted() => Note(static (ref Times turn, long now) => turn.Interrupted ??= now);

    /// <summary>Tells the times of the turn, and begins the next. A turn without any output has none.</summary>
    internal void Complete(Action<string, (string Name, object? Value)[]> tell)
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
        tell(
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

    internal void Tell(IReport report) => Complete((sentence, data) => report.Fact("latency", sentence, data));

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

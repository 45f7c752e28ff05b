namespace Parley.Cascade.Metrics;

/// <summary>The points in time of a turn, as indexes into <see cref="TurnMarks.All"/>.</summary>
internal enum TurnMark
{
    EndOfSpeech,
    EndDecided,
    FinalTranscript,
    FirstToken,
    FirstSentence,
    FirstAudio,
    FirstAudible,
    TurnComplete,
    InterruptedAt,
    SilenceReached,
}

/// <summary>The times of one turn, measured from the start of the session. A mark that the turn did not pass is null.</summary>
internal sealed class TurnMetrics
{
    private readonly TimeSpan?[] _marks = new TimeSpan?[TurnMarks.All.Count];

    /// <summary>Newest generation of the turn; 0 before the first.</summary>
    internal int Generation { get; set; }

    /// <summary>Chunks queued to the writer and not yet written.</summary>
    internal int Unsent { get; set; }

    internal bool HasFailed { get; set; }

    /// <summary>Words were recognized that need an answer.</summary>
    internal bool HasWords { get; set; }

    internal TimeSpan? this[TurnMark mark] => _marks[(int)mark];

    /// <summary>Sets a mark that is not set yet; the first time counts.</summary>
    internal void Mark(TurnMark mark, TimeSpan at) => _marks[(int)mark] ??= at;

    /// <summary>Sets a mark again; the last time counts, because the user went on speaking.</summary>
    internal void Replace(TurnMark mark, TimeSpan at) => _marks[(int)mark] = at;

    /// <summary>Time of a mark, measured from the start of the turn; null if it was not passed.</summary>
    internal TimeSpan? Since(TurnMark mark) => _marks[(int)mark] is { } at ? at - Begin : null;

    private TimeSpan Begin => _marks[(int)TurnMark.EndOfSpeech] ?? _marks[(int)TurnMark.EndDecided] ?? TimeSpan.Zero;
}

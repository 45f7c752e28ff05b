namespace Parley.Cascade.Metrics;

/// <summary>The moments of a turn, as indexes into <see cref="TurnMarks.All"/>.</summary>
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

/// <summary>When one turn passed which moment, in time since the session began. What it did not pass stays open.</summary>
internal sealed class TurnMetrics
{
    private readonly TimeSpan?[] _marks = new TimeSpan?[TurnMarks.All.Count];

    /// <summary>Its newest generation; 0 before the first.</summary>
    internal int Generation { get; set; }

    /// <summary>Chunks given to the writer and not written yet.</summary>
    internal int Unsent { get; set; }

    internal bool HasFailed { get; set; }

    /// <summary>Words were understood that want an answer.</summary>
    internal bool HasWords { get; set; }

    internal TimeSpan? this[TurnMark mark] => _marks[(int)mark];

    /// <summary>The first time counts.</summary>
    internal void Mark(TurnMark mark, TimeSpan at) => _marks[(int)mark] ??= at;

    /// <summary>The last time counts: the user went on speaking.</summary>
    internal void Replace(TurnMark mark, TimeSpan at) => _marks[(int)mark] = at;

    /// <summary>A moment, counted from the first of the turn; null = not passed.</summary>
    internal TimeSpan? Since(TurnMark mark) => _marks[(int)mark] is { } at ? at - Begin : null;

    private TimeSpan Begin => _marks[(int)TurnMark.EndOfSpeech] ?? _marks[(int)TurnMark.EndDecided] ?? TimeSpan.Zero;
}

namespace Parley.Cascade;

/// <summary>
/// The moments of a turn, by one set of names: in the log line of each turn, in the metrics (<c>parley.turn.first_audio</c>, ...), and
/// wherever else a turn is told of. Each is counted from <see cref="EndOfSpeech"/>. docs/latency.md explains them.
/// </summary>
public static class TurnMarks
{
    /// <summary>The last sound of the user's speech, as the activity detector places it; for typed text, its arrival.</summary>
    public const string EndOfSpeech = "end_of_speech";

    /// <summary>It was decided that the user is done: the silence was over, or the client said so.</summary>
    public const string EndDecided = "end_decided";

    /// <summary>The recognizer gave its final text.</summary>
    public const string FinalTranscript = "final_transcript";

    /// <summary>The brain gave its first piece of text.</summary>
    public const string FirstToken = "first_token";

    /// <summary>The first sentence or clause went to the voice.</summary>
    public const string FirstSentence = "first_sentence";

    /// <summary>The voice gave its first chunk of sound.</summary>
    public const string FirstAudio = "first_audio";

    /// <summary>The first chunk that is not silence was written to the socket.</summary>
    public const string FirstAudible = "first_audible";

    /// <summary><c>turnComplete</c> followed the last of the answer.</summary>
    public const string TurnComplete = "turn_complete";

    /// <summary>The answer was interrupted.</summary>
    public const string InterruptedAt = "interrupted_at";

    /// <summary>After an interruption: brain and voice of the answer have stopped, and nothing of it can be sent any more.</summary>
    public const string SilenceReached = "silence_reached";

    /// <summary>All of them, in the order in which a turn passes them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [EndOfSpeech, EndDecided, FinalTranscript, FirstToken, FirstSentence, FirstAudio, FirstAudible, TurnComplete, InterruptedAt, SilenceReached];
}

/// <summary>How a turn ended.</summary>
public static class TurnOutcomes
{
    /// <summary>It was answered.</summary>
    public const string Completed = "completed";

    /// <summary>The user cut the answer.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>Nothing was said: a noise, words for somebody else, or a brain with nothing to say.</summary>
    public const string NoOutput = "no_output";

    /// <summary>The session ended first.</summary>
    public const string Aborted = "aborted";

    /// <summary>A stage failed and could not be replaced; one sentence said so where that was possible.</summary>
    public const string Failed = "failed";
}

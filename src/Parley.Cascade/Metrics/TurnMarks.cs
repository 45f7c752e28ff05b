namespace Parley.Cascade;

/// <summary>
/// Names of the points in time that a turn passes. The log line of a turn and the metrics (<c>parley.turn.first_audio</c>, ...) use the
/// same names. Every time is measured from <see cref="EndOfSpeech"/>.
/// </summary>
public static class TurnMarks
{
    /// <summary>The last of the user's speech, as the voice activity detector places it; for typed text, its arrival.</summary>
    public const string EndOfSpeech = "end_of_speech";

    /// <summary>The end of the user's turn was detected: the silence was long enough, or the client said so.</summary>
    public const string EndDecided = "end_decided";

    /// <summary>The recognizer returned its final text.</summary>
    public const string FinalTranscript = "final_transcript";

    /// <summary>The chat model produced its first piece of text.</summary>
    public const string FirstToken = "first_token";

    /// <summary>The first sentence or clause was passed to the synthesizer.</summary>
    public const string FirstSentence = "first_sentence";

    /// <summary>The synthesizer produced its first chunk of audio.</summary>
    public const string FirstAudio = "first_audio";

    /// <summary>The first chunk that is not silence was written to the socket.</summary>
    public const string FirstAudible = "first_audible";

    /// <summary><c>turnComplete</c> was sent after the last of the answer.</summary>
    public const string TurnComplete = "turn_complete";

    /// <summary>The answer was interrupted.</summary>
    public const string InterruptedAt = "interrupted_at";

    /// <summary>After an interruption: the chat model and the synthesizer have stopped, and no more of the answer can be sent.</summary>
    public const string SilenceReached = "silence_reached";

    /// <summary>All names, in the order in which a turn passes them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [EndOfSpeech, EndDecided, FinalTranscript, FirstToken, FirstSentence, FirstAudio, FirstAudible, TurnComplete, InterruptedAt, SilenceReached];
}

/// <summary>Values of the outcome of a turn, in its log line and in the tag <c>parley.outcome</c>.</summary>
public static class TurnOutcomes
{
    /// <summary>The answer was completed.</summary>
    public const string Completed = "completed";

    /// <summary>The user interrupted the answer.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>There was no answer: noise, speech that was not addressed to the model, or a chat model that returned no text.</summary>
    public const string NoOutput = "no_output";

    /// <summary>The session ended before the turn.</summary>
    public const string Aborted = "aborted";

    /// <summary>A stage failed and had no working fallback; if possible, one spoken sentence said so.</summary>
    public const string Failed = "failed";
}

namespace Parley.Cascade.Metrics;

/// <summary>
/// Names of the points in time that a turn passes. The log line of a turn and the metrics (<c>parley.turn.first_audio</c>, ...) use the
/// same names. Every time is measured from <see cref="EndOfSpeech"/>.
/// </summary>
internal static class TurnMarks
{
    /// <summary>The last of the user's speech, as the voice activity detector places it; for typed text, its arrival.</summary>
    internal const string EndOfSpeech = "end_of_speech";

    /// <summary>The end of the user's turn was detected: the silence was long enough, or the client said so.</summary>
    internal const string EndDecided = "end_decided";

    /// <summary>The recognizer returned its final text.</summary>
    internal const string FinalTranscript = "final_transcript";

    /// <summary>The chat model produced its first piece of text.</summary>
    internal const string FirstToken = "first_token";

    /// <summary>The first sentence or clause was passed to the synthesizer.</summary>
    internal const string FirstSentence = "first_sentence";

    /// <summary>The synthesizer produced its first chunk of audio.</summary>
    internal const string FirstAudio = "first_audio";

    /// <summary>The first chunk that is not silence was written to the socket.</summary>
    internal const string FirstAudible = "first_audible";

    /// <summary><c>turnComplete</c> was sent after the last of the answer.</summary>
    internal const string TurnComplete = "turn_complete";

    /// <summary>The answer was interrupted.</summary>
    internal const string InterruptedAt = "interrupted_at";

    /// <summary>After an interruption: the chat model and the synthesizer have stopped, and no more of the answer can be sent.</summary>
    internal const string SilenceReached = "silence_reached";

    /// <summary>All names, in the order in which a turn passes them.</summary>
    internal static IReadOnlyList<string> All { get; } =
        [EndOfSpeech, EndDecided, FinalTranscript, FirstToken, FirstSentence, FirstAudio, FirstAudible, TurnComplete, InterruptedAt,
            SilenceReached];
}

/// <summary>Values of the outcome of a turn, in its log line and in the tag <c>parley.outcome</c>.</summary>
internal static class TurnOutcomes
{
    /// <summary>The answer was completed.</summary>
    internal const string Completed = "completed";

    /// <summary>The user interrupted the answer.</summary>
    internal const string Interrupted = "interrupted";

    /// <summary>There was no answer: noise, speech that was not addressed to the model, or a chat model that returned no text.</summary>
    internal const string NoOutput = "no_output";

    /// <summary>The session ended before the turn.</summary>
    internal const string Aborted = "aborted";

    /// <summary>A stage failed and had no working fallback; if possible, one spoken sentence said so.</summary>
    internal const string Failed = "failed";
}

/// <summary>
/// What became of an answer that was prepared in a pause: the tag <c>parley.outcome</c> of <c>parley.speculation.count</c>.
/// </summary>
internal static class Speculations
{
    /// <summary>The turn ended with the same words: the answer was sent.</summary>
    internal const string Used = "used";

    /// <summary>The user went on speaking.</summary>
    internal const string Resumed = "resumed";

    /// <summary>The turn ended with other words, or the context of the answer changed.</summary>
    internal const string Changed = "changed";

    /// <summary>The turn was not to be answered, or the session ended.</summary>
    internal const string Unwanted = "unwanted";

    /// <summary>A stage failed while the answer was held; the answer was started again.</summary>
    internal const string Failed = "failed";
}

namespace Parley.Testing;

/// <summary>A recorded call with what is known of it besides its audio. Only <see cref="Audio"/> is needed.</summary>
public sealed record EvaluationRecording
{
    /// <summary>Name of the call.</summary>
    public required string Name { get; init; }

    /// <summary>The two channels.</summary>
    public required StereoRecording Audio { get; init; }

    /// <summary>
    /// What the user did, in order. Null if it is not known: then each stretch of speech is a turn, or an interruption if it begins while the agent speaks.
    /// </summary>
    public IReadOnlyList<EvaluationUtterance>? Utterances { get; init; }

    /// <summary>What the server reported, in order.</summary>
    public IReadOnlyList<EvaluationEvent> Events { get; init; } = [];

    /// <summary>Why the call ended before its script did; null if it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>How late the caller was at most in sending a frame. More than some tens of milliseconds make latencies too long.</summary>
    public TimeSpan Lateness { get; init; }
}

/// <summary>What the user of a call did.</summary>
/// <param name="Kind">What it is meant to be.</param>
/// <param name="Start">When its audio began.</param>
/// <param name="End">When its audio ended.</param>
/// <param name="Words">What was said; null if it has no words.</param>
public sealed record EvaluationUtterance(UtteranceKind Kind, TimeSpan Start, TimeSpan End, string? Words);

/// <summary>What an event of a call is.</summary>
public enum EvaluationEventKind
{
    /// <summary>Text of <c>inputTranscription</c>.</summary>
    InputTranscript,

    /// <summary>Text of <c>outputTranscription</c>, or of an answer in text.</summary>
    OutputTranscript,

    /// <summary><c>interrupted</c>: the rest of the answer was dropped.</summary>
    Interrupted,

    /// <summary><c>turnComplete</c>.</summary>
    TurnComplete,
}

/// <summary>What the server reported in a call.</summary>
/// <param name="At">When it arrived, since the beginning of the recording.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; null if it has none.</param>
public sealed record EvaluationEvent(TimeSpan At, EvaluationEventKind Kind, string? Text = null);

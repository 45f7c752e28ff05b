namespace Parley.Testing;

/// <summary>A recorded call and what was measured of it.</summary>
public sealed record EvaluatedCall
{
    internal EvaluatedCall(EvaluationRecording recording, IReadOnlyList<EvaluatedUtterance> utterances, IReadOnlyList<SpeechSegment> agent) =>
        (Recording, Utterances, Agent) = (recording, utterances, agent);

    /// <summary>Name of the call.</summary>
    public string Name => Recording.Name;

    /// <summary>The recording.</summary>
    public EvaluationRecording Recording { get; }

    /// <summary>What the user did, as it is in the recording.</summary>
    public IReadOnlyList<EvaluatedUtterance> Utterances { get; }

    /// <summary>When the agent spoke.</summary>
    public IReadOnlyList<SpeechSegment> Agent { get; }

    /// <summary>The call as a picture: two lanes of speech, what the user did, and the events. SVG, readable on light and dark pages.</summary>
    public string ToSvg() => Evaluation.Reports.TimelineSvg.Of(this);
}

/// <summary>An utterance of the user, and what the agent made of it. A value that does not apply is null.</summary>
public sealed record EvaluatedUtterance
{
    /// <summary>What it is: by the script, and for turns by whether the agent spoke when it began.</summary>
    public required UtteranceKind Kind { get; init; }

    /// <summary>When it was heard.</summary>
    public required SpeechSegment Segment { get; init; }

    /// <summary>What was said, by the script.</summary>
    public string? Words { get; init; }

    /// <summary>What the server understood.</summary>
    public string? Transcript { get; init; }

    /// <summary>Whether the agent spoke when it began.</summary>
    public bool IsOverAgent { get; init; }

    /// <summary>Of a turn: whether the agent answered it before the next one; null if the agent still spoke at its end.</summary>
    public bool? IsAnswered { get; init; }

    /// <summary>From the end of a turn to the beginning of the answer.</summary>
    public TimeSpan? ResponseLatency { get; init; }

    /// <summary>Of an interruption: whether the agent stopped within 2 s.</summary>
    public bool? IsYielded { get; init; }

    /// <summary>From the beginning of an interruption to the silence of the agent.</summary>
    public TimeSpan? YieldLatency { get; init; }

    /// <summary>Of a turn: how often the agent began to speak during it.</summary>
    public int AgentInterruptions { get; init; }

    /// <summary>Of a backchannel, a noise or speech to others: whether the agent ignored it.</summary>
    public bool? IsIgnored { get; init; }

    /// <summary>Of an interruption: the share of the next answer's three-word sequences that the interrupted answer had too.</summary>
    public double? Repetition { get; init; }

    internal (int Errors, int Words)? WordErrors { get; init; }

    internal bool IsTurn => Kind is UtteranceKind.Turn or UtteranceKind.Interruption;
}

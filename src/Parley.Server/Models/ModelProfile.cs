using Parley.Protocol;

namespace Parley.Server;

/// <summary>The rules of a model family as data (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see>, <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#8-function-calling">protocol 8</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#131-models">protocol 13.1</see>): what it refuses, and its defaults.</summary>
public sealed record ModelProfile
{
    /// <summary>Name of the profile, such as <c>gemini-2.5</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Modalities it answers in; the first is the default.</summary>
    public IReadOnlyList<Modality> Modalities { get; init; } = [Modality.Audio];

    /// <summary>Which thinking settings it takes.</summary>
    public ThinkingRule Thinking { get; init; } = ThinkingRule.Any;

    /// <summary>When it takes client content.</summary>
    public ClientContentRule ClientContent { get; init; } = ClientContentRule.Anytime;

    /// <summary>Behavior of functions that do not say.</summary>
    public Behavior DefaultBehavior { get; init; } = Behavior.Blocking;

    /// <summary>Whether functions may be BLOCKING.</summary>
    public bool AllowsBlocking { get; init; } = true;

    /// <summary>Whether functions may be NON_BLOCKING.</summary>
    public bool AllowsNonBlocking { get; init; } = true;

    /// <summary>Turn coverage where the setup does not say.</summary>
    public TurnCoverage DefaultTurnCoverage { get; init; } = TurnCoverage.TurnIncludesOnlyActivity;

    /// <summary>Whether a blocking call ends the turn at once, as 2.x models do; others wait for the answer.</summary>
    public bool CompletesTurnAfterToolCall { get; init; }

    /// <summary>Whether <c>interactionStatus</c> comes with <c>turnComplete</c> (extended thinking).</summary>
    public bool ReportsInteractionStatus { get; init; }

    /// <summary>Whether affective dialog may be asked for.</summary>
    public bool AllowsAffectiveDialog { get; init; } = true;

    /// <summary>Whether <c>proactiveAudio: false</c> is an error because it is always on.</summary>
    public bool ProactiveAudioAlwaysOn { get; init; }

    /// <summary>Largest context in tokens; a full one without compression ends the session with 1007.</summary>
    public int ContextWindowTokens { get; init; } = 131_072;
}

/// <summary>Which thinking settings a model takes (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#413-thinkingconfig">protocol 4.1.3</see>).</summary>
public enum ThinkingRule
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>None: any <c>thinkingConfig</c> closes 1007.</summary>
    Refused,

    /// <summary>A level of LOW, MEDIUM or HIGH, or a budget, must be given.</summary>
    Required,
}

/// <summary>When a model takes client content (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#42-clientcontent">protocol 4.2</see>).</summary>
public enum ClientContentRule
{
    /// <summary>At any time.</summary>
    Anytime,

    /// <summary>Only as initial history, and only where the setup announced it.</summary>
    InitialHistoryOnly,
}

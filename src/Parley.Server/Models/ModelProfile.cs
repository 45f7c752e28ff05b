using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// Rules of a model family: which setups it refuses, and its defaults (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see>, <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#8-function-calling">protocol 8</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#131-models">protocol 13.1</see>). Those of the public models come from <see cref="LiveModelProfiles"/>, which the client uses too.
/// </summary>
public sealed record ModelProfile
{
    /// <summary>Name of the profile, such as <c>gemini-2.5</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Supported response modalities; the first is the default. Default: audio.</summary>
    public IReadOnlyList<Modality> Modalities { get; init; } = [Modality.Audio];

    /// <summary>Which thinking settings it accepts.</summary>
    public ThinkingRule Thinking { get; init; } = ThinkingRule.Any;

    /// <summary>When it accepts client content.</summary>
    public ClientContentRule ClientContent { get; init; } = ClientContentRule.Anytime;

    /// <summary>Behavior of functions that declare none.</summary>
    public Behavior DefaultBehavior { get; init; } = Behavior.Blocking;

    /// <summary>Whether functions may be BLOCKING.</summary>
    public bool AllowsBlocking { get; init; } = true;

    /// <summary>Whether functions may be NON_BLOCKING.</summary>
    public bool AllowsNonBlocking { get; init; } = true;

    /// <summary>Turn coverage if the setup has none.</summary>
    public TurnCoverage DefaultTurnCoverage { get; init; } = TurnCoverage.TurnIncludesOnlyActivity;

    /// <summary>Whether a blocking call completes the turn at once, as with 2.x models; others wait for the response.</summary>
    public bool CompletesTurnAfterToolCall { get; init; }

    /// <summary>Whether <c>interactionStatus</c> comes with <c>turnComplete</c> (extended thinking).</summary>
    public bool ReportsInteractionStatus { get; init; }

    /// <summary>Whether affective dialog may be enabled.</summary>
    public bool AllowsAffectiveDialog { get; init; } = true;

    /// <summary>Whether <c>proactiveAudio: false</c> is an error because proactive audio is always on.</summary>
    public bool ProactiveAudioAlwaysOn { get; init; }

    /// <summary>Whether new input cancels open blocking calls even with NO_INTERRUPTION, as on 3.8.</summary>
    public bool InputCancelsCalls { get; init; }

    /// <summary>Whether a result with <c>scheduling: INTERRUPT</c> is spoken even while the user speaks, as on 2.5.</summary>
    public bool InterruptTalksOverUser { get; init; }

    /// <summary>Whether <c>contextUpdate</c> is documented for it; only a server that accepts nothing else (<c>Live:Compatibility</c>) refuses it.</summary>
    public bool AcceptsContextUpdate { get; init; } = true;

    /// <summary>Size of the context window in tokens; a full one without compression ends the session with 1007.</summary>
    public int ContextWindowTokens { get; init; } = 131_072;

    /// <summary>Most tokens of one answer, as <c>GET models</c> reports it.</summary>
    public int OutputTokenLimit { get; init; } = 65_536;

    // The data with its rules; null for a profile of the application.
    internal LiveModelProfile? Data { get; init; }

    internal static ModelProfile From(LiveModelProfile data) => new()
    {
        Name = data.Name,
        Modalities = data.Modalities,
        Thinking = data.Thinking,
        ClientContent = data.ClientContent,
        DefaultBehavior = data.DefaultBehavior,
        AllowsBlocking = data.AllowsBlocking,
        AllowsNonBlocking = data.AllowsNonBlocking,
        DefaultTurnCoverage = data.DefaultTurnCoverage,
        CompletesTurnAfterToolCall = data.CompletesTurnAfterToolCall,
        ReportsInteractionStatus = data.ReportsInteractionStatus,
        AllowsAffectiveDialog = data.AllowsAffectiveDialog,
        ProactiveAudioAlwaysOn = data.ProactiveAudioAlwaysOn,
        InputCancelsCalls = data.InputCancelsCalls,
        InterruptTalksOverUser = data.InterruptTalksOverUser,
        AcceptsContextUpdate = data.AcceptsContextUpdate,
        ContextWindowTokens = data.ContextWindowTokens,
        OutputTokenLimit = data.OutputTokenLimit,
        Data = data,
    };
}

using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>Configuration of a conversation: the setup of the client and the rules of the model.</summary>
public sealed record ConversationOptions
{
    /// <summary>The effective setup.</summary>
    public required Setup Setup { get; init; }

    /// <summary>Behavior of functions that do not specify one; default BLOCKING.</summary>
    public Behavior DefaultBehavior { get; init; } = Behavior.Blocking;

    /// <summary>Turn coverage if the setup does not specify one; default TURN_INCLUDES_ONLY_ACTIVITY.</summary>
    public TurnCoverage DefaultTurnCoverage { get; init; } = TurnCoverage.TurnIncludesOnlyActivity;

    /// <summary>Client content is refused except as announced initial history (3.1); default false.</summary>
    public bool ClientContentIsHistoryOnly { get; init; }

    /// <summary>A blocking call ends the turn at once (2.x); default false: the turn waits for the answer.</summary>
    public bool CompletesTurnAfterToolCall { get; init; }

    /// <summary>
    /// New input of the user cancels open blocking calls even with NO_INTERRUPTION (3.8); default false: only an interruption does.
    /// </summary>
    public bool InputCancelsCalls { get; init; }

    /// <summary>
    /// A result with <c>scheduling: INTERRUPT</c> is spoken even while the user speaks (2.5); default false: it waits for the user.
    /// </summary>
    public bool InterruptTalksOverUser { get; init; }

    /// <summary>Report <c>interactionStatus</c> with each <c>turnComplete</c> (extended thinking); default false.</summary>
    public bool ReportsInteractionStatus { get; init; }

    /// <summary>
    /// Delay <c>turnComplete</c> until a client that plays in real time has played everything, so that the end of an answer can still
    /// be interrupted (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#62-a-normal-audio-turn">protocol 6.2</see>); default false.
    /// </summary>
    public bool DelaysTurnComplete { get; init; }

    /// <summary>
    /// Input that interrupts, after <c>turnComplete</c> and while a client that plays in real time still plays the turn, is answered with
    /// <c>interrupted</c> alone, so that the client stops (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#64-interruption-barge-in">protocol 6.4</see>);
    /// default false.
    /// </summary>
    public bool InterruptsPlayback { get; init; }

    /// <summary>Largest context in tokens; default 131,072.</summary>
    public int ContextWindowTokens { get; init; } = 131_072;

    /// <summary>Prefix of function call ids; must differ for each connection, also after resumption.</summary>
    public string CallIdPrefix { get; init; } = "call";

    /// <summary>Maximum number of open function calls; one more closes the session with 1011. Default 64.</summary>
    public int MaxOpenCalls { get; init; } = 64;

    /// <summary>Maximum bytes of images in the history; the oldest are dropped. Default 32 MiB.</summary>
    public long MaxHistoryMediaBytes { get; init; } = 32 << 20;

    /// <summary>Maximum number of video frames of one turn; the oldest are dropped. Default 120, two minutes of video.</summary>
    public int MaxFramesPerTurn { get; init; } = 120;
}

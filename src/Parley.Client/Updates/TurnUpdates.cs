using Parley.Protocol;

namespace Parley.Client;

/// <summary>The answer is completely generated; playback may continue. Missing in interrupted turns and around tool calls.</summary>
public sealed record GenerationCompleteUpdate : LiveUpdate;

/// <summary>The answer was cut: stop playback and clear the queue. May come without an open turn too.</summary>
public sealed record InterruptedUpdate : LiveUpdate;

/// <summary>The turn is over. It may have had no content at all.</summary>
/// <param name="Reason">Why, if it was not the normal end, for example a blocked answer.</param>
/// <param name="InteractionStatus">Whether more follows without input (extended thinking); null on other models.</param>
/// <param name="Usage">Newest token count of this turn; null if the server gave none so far.</param>
public sealed record TurnCompleteUpdate(TurnCompleteReason? Reason, InteractionStatus? InteractionStatus, UsageMetadata? Usage) : LiveUpdate
{
    /// <summary>False while an extended-thinking model still reasons or waits for tools and will speak again without input (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#68-extended-thinking-gemini-38-live-extended-thinking">protocol 6.8</see>). It says nothing of functions that this client is running: a blocking call may end its turn, and the answer follows in the next one.</summary>
    public bool IsIdle => InteractionStatus != Protocol.InteractionStatus.InProgress;
}

/// <summary>The model waits because it expects the user to continue.</summary>
public sealed record WaitingForInputUpdate : LiveUpdate;

/// <summary>Start or end of the user's speech, as the server detects it.</summary>
/// <param name="Type">Start, end, or a value this version does not know.</param>
/// <param name="AudioOffset">Position in the audio of the connection; null if the server gives none.</param>
public sealed record VoiceActivityUpdate(VoiceActivityType Type, TimeSpan? AudioOffset) : LiveUpdate;

/// <summary>Token count of a message. <see cref="LiveSession.Usage"/> is the sum.</summary>
/// <param name="Usage">The count; not a running total.</param>
public sealed record UsageUpdate(UsageMetadata Usage) : LiveUpdate;

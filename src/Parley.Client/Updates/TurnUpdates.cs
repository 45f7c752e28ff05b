using Parley.Protocol;

namespace Parley.Client;

/// <summary>Everything of this answer has been generated; playback may still go on. Missing in interrupted turns and around tool calls.</summary>
public sealed record GenerationCompleteUpdate : LiveUpdate;

/// <summary>The answer was cut: stop playing and clear what is queued. Comes without a running turn too.</summary>
public sealed record InterruptedUpdate : LiveUpdate;

/// <summary>The turn is over. It may have had no content at all.</summary>
/// <param name="Reason">Why, where it was not the normal end, such as a blocked answer.</param>
/// <param name="InteractionStatus">Whether more follows without input (extended thinking); null on other models.</param>
/// <param name="Usage">Newest token count of this turn, where the server gave one up to here.</param>
public sealed record TurnCompleteUpdate(TurnCompleteReason? Reason, InteractionStatus? InteractionStatus, UsageMetadata? Usage) : LiveUpdate
{
    /// <summary>False while the model still reasons or waits for tools and will speak again by itself (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#68-extended-thinking-gemini-38-live-extended-thinking">protocol 6.8</see>).</summary>
    public bool IsIdle => InteractionStatus != Protocol.InteractionStatus.InProgress;
}

/// <summary>The model holds back because it expects the user to go on.</summary>
public sealed record WaitingForInputUpdate : LiveUpdate;

/// <summary>Start or end of the user's speech, as the server hears it.</summary>
/// <param name="Type">Start, end, or a value not known yet.</param>
/// <param name="AudioOffset">Position in the audio of the connection, where the server gives it.</param>
public sealed record VoiceActivityUpdate(VoiceActivityType Type, TimeSpan? AudioOffset) : LiveUpdate;

/// <summary>Token count of a message. <see cref="LiveSession.Usage"/> adds them up.</summary>
/// <param name="Usage">The count; not a running total.</param>
public sealed record UsageUpdate(UsageMetadata Usage) : LiveUpdate;

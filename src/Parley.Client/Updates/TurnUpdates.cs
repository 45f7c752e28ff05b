using System.Text;
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
    private bool _isIdle = true;

    /// <summary>
    /// Whether nothing more follows without further input. False while a question or a function call is unanswered, while a result of a
    /// function waits for its answer or input for a connection, and while an extended-thinking model reasons
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#68-extended-thinking-gemini-38-live-extended-thinking">protocol 6.8</see>).
    /// On most models a function call ends its turn, so this turn is not idle and the next one has the answer. If the model then stays
    /// silent, an <see cref="IdleUpdate"/> follows.
    /// </summary>
    public bool IsIdle
    {
        get => _isIdle && InteractionStatus != Protocol.InteractionStatus.InProgress;
        init => _isIdle = value;
    }

    // Number of completed turns of the session, this one included.
    internal long Completed { get; private set; }

    /// <summary>Reason, status and the total of the tokens.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append("IsIdle = ").Append(IsIdle);
        if (Reason is { } reason)
            builder.Append(", Reason = ").Append(reason);
        if (InteractionStatus is { } status)
            builder.Append(", InteractionStatus = ").Append(status);
        if (Usage?.TotalTokenCount is { } tokens)
            builder.Append(", TotalTokenCount = ").Append(tokens);
        return true;
    }

    internal void Note(bool isIdle, long completed) => (_isIdle, Completed) = (isIdle, completed);
}

/// <summary>
/// Nothing more follows without further input, although the last <see cref="TurnCompleteUpdate"/> was not idle: the server ended the
/// interaction without another turn, or was silent for some seconds when another turn was possible.
/// </summary>
public sealed record IdleUpdate : LiveUpdate;

/// <summary>The model waits because it expects the user to continue.</summary>
public sealed record WaitingForInputUpdate : LiveUpdate;

/// <summary>Start or end of the user's speech, as the server detects it.</summary>
/// <param name="Type">Start, end, or a value this version does not know.</param>
/// <param name="AudioOffset">Position in the audio of the connection; null if the server gives none.</param>
public sealed record VoiceActivityUpdate(VoiceActivityType Type, TimeSpan? AudioOffset) : LiveUpdate;

/// <summary>Token count of a message. <see cref="LiveSession.Usage"/> is the sum.</summary>
/// <param name="Usage">The count; not a running total.</param>
public sealed record UsageUpdate(UsageMetadata Usage) : LiveUpdate
{
    /// <summary>The total.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append("TotalTokenCount = ").Append(Usage.TotalTokenCount);
        return true;
    }
}

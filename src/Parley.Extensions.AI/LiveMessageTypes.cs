using Microsoft.Extensions.AI;

namespace Parley.Extensions.AI;

/// <summary>Types of server messages the abstraction has no word for. Each comes as a <see cref="LiveUpdateMessage"/> unless it says otherwise.</summary>
public static class LiveMessageTypes
{
    /// <summary>The answer was cut: stop playing and clear what is queued. A <c>ResponseDone</c> with status <c>Cancelled</c> follows.</summary>
    public static RealtimeServerMessageType Interrupted { get; } = new("LiveInterrupted");

    /// <summary>
    /// A summary of a thought, not part of the answer: a <see cref="ResponseOutputItemRealtimeServerMessage"/> whose item holds a
    /// <see cref="TextReasoningContent"/>.
    /// </summary>
    public static RealtimeServerMessageType Thought { get; } = new("LiveThought");

    /// <summary>Start or end of the user's speech.</summary>
    public static RealtimeServerMessageType VoiceActivity { get; } = new("LiveVoiceActivity");

    /// <summary>Volatile transcript of the user, replaced by the next one.</summary>
    public static RealtimeServerMessageType InterimTranscription { get; } = new("LiveInterimTranscription");

    /// <summary>Everything of the answer has been generated; it may still be playing.</summary>
    public static RealtimeServerMessageType GenerationComplete { get; } = new("LiveGenerationComplete");

    /// <summary>Calls that must not be answered any more.</summary>
    public static RealtimeServerMessageType ToolCallCancelled { get; } = new("LiveToolCallCancelled");

    /// <summary>Tokens of a message; the turn's are in its <c>ResponseDone</c> too.</summary>
    public static RealtimeServerMessageType Usage { get; } = new("LiveUsage");

    /// <summary>The connection is lost or left, and another one is being opened. Go on sending.</summary>
    public static RealtimeServerMessageType Reconnecting { get; } = new("LiveReconnecting");

    /// <summary>The session goes on; <see cref="Client.ReconnectedUpdate.Lost"/> says what did not survive.</summary>
    public static RealtimeServerMessageType Reconnected { get; } = new("LiveReconnected");

    /// <summary>The session has ended, whatever the end was. The last message.</summary>
    public static RealtimeServerMessageType SessionEnded { get; } = new("LiveSessionEnded");

    /// <summary>Everything else: <see cref="LiveUpdateMessage.Update"/> says what.</summary>
    public static RealtimeServerMessageType Other { get; } = RealtimeServerMessageType.RawContentOnly;
}

using Microsoft.Extensions.AI;

namespace Parley.Extensions.AI;

/// <summary>
/// Types of server messages that the abstraction does not define. Each is a <see cref="LiveUpdateMessage"/> unless stated otherwise.
/// </summary>
public static class LiveMessageTypes
{
    /// <summary>
    /// The answer was cut: stop playback and clear the queue. A <c>ResponseDone</c> with status <c>Cancelled</c> follows.
    /// </summary>
    public static RealtimeServerMessageType Interrupted { get; } = new("LiveInterrupted");

    /// <summary>
    /// A summary of a thought, not part of the answer: a <see cref="ResponseOutputItemRealtimeServerMessage"/> whose item contains a
    /// <see cref="TextReasoningContent"/>.
    /// </summary>
    public static RealtimeServerMessageType Thought { get; } = new("LiveThought");

    /// <summary>Start or end of the user's speech.</summary>
    public static RealtimeServerMessageType VoiceActivity { get; } = new("LiveVoiceActivity");

    /// <summary>Preliminary transcript of the user, replaced by the next one.</summary>
    public static RealtimeServerMessageType InterimTranscription { get; } = new("LiveInterimTranscription");

    /// <summary>The answer is completely generated; it may still be playing.</summary>
    public static RealtimeServerMessageType GenerationComplete { get; } = new("LiveGenerationComplete");

    /// <summary>Calls that must not be answered any more.</summary>
    public static RealtimeServerMessageType ToolCallCancelled { get; } = new("LiveToolCallCancelled");

    /// <summary>Token count of a message; that of the turn is also in its <c>ResponseDone</c>.</summary>
    public static RealtimeServerMessageType Usage { get; } = new("LiveUsage");

    /// <summary>The connection is lost or being left, and another one is being opened. Keep sending.</summary>
    public static RealtimeServerMessageType Reconnecting { get; } = new("LiveReconnecting");

    /// <summary>The session continues; <see cref="Client.ReconnectedUpdate.Lost"/> has what was lost.</summary>
    public static RealtimeServerMessageType Reconnected { get; } = new("LiveReconnected");

    /// <summary>The session has ended, normally or not. The last message.</summary>
    public static RealtimeServerMessageType SessionEnded { get; } = new("LiveSessionEnded");

    /// <summary>Everything else; see <see cref="LiveUpdateMessage.Update"/>.</summary>
    public static RealtimeServerMessageType Other { get; } = RealtimeServerMessageType.RawContentOnly;
}

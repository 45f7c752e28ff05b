namespace Parley.Testing;

/// <summary>The media-stream protocol that a <see cref="VirtualCaller"/> speaks: JSON text messages on a WebSocket that the carrier opens.</summary>
public enum CallerDialect
{
    /// <summary>
    /// Twilio Media Streams, bidirectional as with <c>&lt;Connect&gt;&lt;Stream&gt;</c>; always μ-law at 8 kHz. Messages:
    /// https://www.twilio.com/docs/voice/media-streams/websocket-messages
    /// </summary>
    Twilio,

    /// <summary>
    /// Telnyx media streaming with <c>stream_bidirectional_mode=rtp</c>. Messages:
    /// https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket
    /// </summary>
    Telnyx,

    /// <summary>
    /// Plivo Audio Streaming with <c>bidirectional="true"</c>. Messages:
    /// https://www.plivo.com/docs/voice-agents/audio-streaming/concepts/audio-streaming-reference
    /// </summary>
    Plivo,
}

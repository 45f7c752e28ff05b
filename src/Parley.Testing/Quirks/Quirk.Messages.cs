namespace Parley.Testing;

// Section 14 of the protocol reference, first part. The order is that of the reference.
public sealed partial class Quirk
{
    /// <summary>Messages come as indented JSON in binary frames.</summary>
    public static Quirk BinaryFrames { get; } = new(
        "binary-frames",
        "Messages come as indented JSON in binary frames.",
        "googleapis/js-genai#714", Reference, "14.1");

    /// <summary>Empty messages, empty serverContent and messages with usage only come between those of an answer.</summary>
    public static Quirk EmptyMessages { get; } = new(
        "empty-messages",
        "Empty messages, empty serverContent and messages with usage only come between those of an answer.",
        "livekit/agents#5251", Reference, "14.2");

    /// <summary>
    /// One message has several parts of audio, and the end of a turn comes as one message with generationComplete, turnComplete and
    /// usage.
    /// </summary>
    public static Quirk MergedMessages { get; } = new(
        "merged-messages",
        "One message has several parts of audio, and the end of a turn comes as one message with generationComplete, "
            + "turnComplete and usage.",
        "pipecat-ai/pipecat#5781, capabilities guide", Reference, "14.3");

    /// <summary>The first part of an answer has 2 bytes of audio, later ones have odd sizes, so that a sample is cut in two.</summary>
    public static Quirk OddAudioParts { get; } = new(
        "odd-audio-parts",
        "The first part of an answer has 2 bytes of audio, later ones have odd sizes, so that a sample is cut in two.",
        "livekit/agents#5742", Reference, "14.4");

    /// <summary>Audio follows a toolCall in the same turn, without a completion mark before the call.</summary>
    public static Quirk AudioAfterToolCall { get; } = new(
        "audio-after-tool-call",
        "Audio follows a toolCall in the same turn, without a completion mark before the call.",
        "livekit/agents#5742, livekit/agents#6285", Reference, "14.5");

    /// <summary>
    /// turnComplete comes in mid-sentence without interrupted, and the rest of the answer never comes: every second answer is cut after 3
    /// chunks.
    /// </summary>
    public static Quirk EarlyTurnComplete { get; } = new(
        "early-turn-complete",
        "turnComplete comes in mid-sentence without interrupted, and the rest of the answer never comes: every second answer is "
            + "cut after 3 chunks.",
        "googleapis/js-genai#707, googleapis/python-genai#2117, google-gemini/cookbook#1227", Reference, "14.6", isDisruptive: true);

    /// <summary>Every second turn has no content, only turnComplete.</summary>
    public static Quirk EmptyTurns { get; } = new(
        "empty-turns",
        "Every second turn has no content, only turnComplete.",
        "googleapis/python-genai#2117", Reference, "14.7", isDisruptive: true);

    /// <summary>interrupted comes while no turn is active: after each turnComplete.</summary>
    public static Quirk StrayInterrupted { get; } = new(
        "stray-interrupted",
        "interrupted comes while no turn is active: after each turnComplete.",
        "livekit/agents plugin", Reference, "14.8");

    /// <summary>Output transcripts come after all audio of their turn, and a stray one comes 2 s after the turn.</summary>
    public static Quirk LateTranscripts { get; } = new(
        "late-transcripts",
        "Output transcripts come after all audio of their turn, and a stray one comes 2 s after the turn.",
        "pipecat-ai/pipecat; field reports, 2026-03 to 2026-10", Reference, "14.9");

    /// <summary>
    /// Transcripts never say finished, and their pieces begin with the space between two words instead of ending with it.
    /// </summary>
    public static Quirk RaggedTranscripts { get; } = new(
        "ragged-transcripts",
        "Transcripts never say finished, and their pieces begin with the space between two words instead of ending with it.",
        "livekit/agents plugin", Reference, "14.10");

    /// <summary>sessionResumptionUpdate comes although the setup did not ask for it.</summary>
    public static Quirk UnrequestedHandles { get; } = new(
        "unrequested-handles",
        "sessionResumptionUpdate comes although the setup did not ask for it.",
        "field reports, 2026-03 to 2026-10", Reference, "14.11");

    /// <summary>After goAway the server sends nothing more, not even answers, until the connection ends.</summary>
    public static Quirk SilenceAfterGoAway { get; } = new(
        "silence-after-go-away",
        "After goAway the server sends nothing more, not even answers, until the connection ends.",
        "sierra-research/tau2-bench#461", Reference, "14.12", isDisruptive: true);

    /// <summary>The end of a connection that goAway announced comes early, as 1011 instead of 1000 or 1001.</summary>
    public static Quirk LifetimeEndsAsError { get; } = new(
        "lifetime-ends-as-error",
        "The end of a connection that goAway announced comes early, as 1011 instead of 1000 or 1001.",
        "kizuna-ai-lab/sokuji#179, pollen-robotics/reachy_mini_conversation_app#357", Reference, "14.13");

    /// <summary>Pings of the client are answered 15 s late. For a whole server, not for one test of it.</summary>
    public static Quirk LatePongs { get; } = new(
        "late-pongs",
        "Pings of the client are answered 15 s late. For a whole server, not for one test of it.",
        "aicc2025/sip-to-ai#14", Reference, "14.14");

    /// <summary>A resume is refused with 1011 while the previous socket of the session is open.</summary>
    public static Quirk ResumeNeedsClosedSocket { get; } = new(
        "resume-needs-closed-socket",
        "A resume is refused with 1011 while the previous socket of the session is open.",
        "aicc2025/sip-to-ai#14", Reference, "14.15");

    /// <summary>Every handle is refused with 1008 as unknown: a client that tries it again and again never gets on.</summary>
    public static Quirk StaleHandles { get; } = new(
        "stale-handles",
        "Every handle is refused with 1008 as unknown: a client that tries it again and again never gets on.",
        "field reports, 2026-03 to 2026-10", Reference, "14.16", isDisruptive: true);

    /// <summary>
    /// A resumed session is closed with 1007 if more than 100 ms of audio come at once: queued audio, sent faster than it was spoken.
    /// </summary>
    public static Quirk RefusedReplay { get; } = new(
        "refused-replay",
        "A resumed session is closed with 1007 if more than 100 ms of audio come at once: queued audio, sent faster than it was "
            + "spoken.",
        "yagudaev/voiceclaw#397", Reference, "14.17", isDisruptive: true);

    /// <summary>
    /// The context is full after 3 turns: the next closes with 1007, and so does a new session that is given the same history.
    /// </summary>
    public static Quirk FullContext { get; } = new(
        "full-context",
        "The context is full after 3 turns: the next closes with 1007, and so does a new session that is given the same history.",
        "livekit/agents plugin", Reference, "14.18", isDisruptive: true);

    /// <summary>
    /// A function whose parameters have a keyword outside the OpenAPI subset closes the setup with 1007 and no useful text.
    /// </summary>
    public static Quirk RefusedSchemas { get; } = new(
        "refused-schemas",
        "A function whose parameters have a keyword outside the OpenAPI subset closes the setup with 1007 and no useful text.",
        "livekit/agents#7349", Reference, "14.19", isDisruptive: true);

    /// <summary>The session's first toolCall is followed by a close with 1008, as on 2.5 native audio.</summary>
    public static Quirk CloseInToolCall { get; } = new(
        "close-in-tool-call",
        "The session's first toolCall is followed by a close with 1008, as on 2.5 native audio.",
        "googleapis/js-genai#1236, livekit/agents#4545", Reference, "14.20", isDisruptive: true);
}

using System.Text.Json;

namespace Parley.Protocol;

/// <summary>The setup was accepted (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#51-setupcomplete">protocol 5.1</see>).</summary>
public sealed record SetupComplete
{
    /// <summary>Id of the session; commonly absent on the Developer API.</summary>
    public string? SessionId { get; set; }

    /// <summary>Signature of a spoken consent.</summary>
    public VoiceConsentSignature? VoiceConsentSignature { get; set; }
}

/// <summary>Output of the model and state of the turn; a message may hold several members (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#52-servercontent">protocol 5.2</see>).</summary>
public sealed record ServerContent
{
    /// <summary>New parts of the answer.</summary>
    public Content? ModelTurn { get; set; }

    /// <summary>Generation for this turn has ended.</summary>
    public bool? GenerationComplete { get; set; }

    /// <summary>The turn is over.</summary>
    public bool? TurnComplete { get; set; }

    /// <summary>The user interrupted the generation: flush playback.</summary>
    public bool? Interrupted { get; set; }

    /// <summary>Transcript of the user; its order relative to other members is not defined.</summary>
    public Transcription? InputTranscription { get; set; }

    /// <summary>Interim transcript while the user speaks; each replaces the one before.</summary>
    public Transcription? InterimInputTranscription { get; set; }

    /// <summary>Transcript of the model's speech.</summary>
    public Transcription? OutputTranscription { get; set; }

    /// <summary>Sources of the answer.</summary>
    public GroundingMetadata? GroundingMetadata { get; set; }

    /// <summary>URLs that were read.</summary>
    public UrlContextMetadata? UrlContextMetadata { get; set; }

    /// <summary>Why the turn ended; absent normally.</summary>
    public TurnCompleteReason? TurnCompleteReason { get; set; }

    /// <summary>The model waits because it expects the user to continue.</summary>
    public bool? WaitingForInput { get; set; }

    /// <summary>With turnComplete: whether the interaction is over (extended thinking).</summary>
    public InteractionStatus? InteractionStatus { get; set; }

    /// <summary>Server-side speech detection (Vertex only).</summary>
    public SpeechState? SpeechState { get; set; }
}

/// <summary>A transcript; texts are deltas to concatenate (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#52-servercontent">protocol 5.2</see>).</summary>
public sealed record Transcription
{
    /// <summary>The text.</summary>
    public string? Text { get; set; }

    /// <summary>True for the last piece; often absent.</summary>
    public bool? Finished { get; set; }

    /// <summary>BCP-47 code of the speech.</summary>
    public string? LanguageCode { get; set; }

    /// <summary>Speaker, with diarization.</summary>
    public string? SpeakerLabel { get; set; }

    /// <summary>Timing per word.</summary>
    public IReadOnlyList<WordInfo>? Words { get; set; }

    /// <summary>Start.</summary>
    public TimeSpan? StartOffset { get; set; }

    /// <summary>End.</summary>
    public TimeSpan? EndOffset { get; set; }
}

/// <summary>Timing of one word.</summary>
public sealed record WordInfo
{
    /// <summary>The word.</summary>
    public string? Word { get; set; }

    /// <summary>Start.</summary>
    public TimeSpan? StartOffset { get; set; }

    /// <summary>End.</summary>
    public TimeSpan? EndOffset { get; set; }
}

/// <summary>Function calls for the client to execute (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#53-toolcall">protocol 5.3</see>).</summary>
public sealed record ToolCall
{
    /// <summary>The calls.</summary>
    public IReadOnlyList<FunctionCall>? FunctionCalls { get; set; }
}

/// <summary>Function calls that must no longer be answered (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#54-toolcallcancellation">protocol 5.4</see>).</summary>
public sealed record ToolCallCancellation
{
    /// <summary>Their ids.</summary>
    public IReadOnlyList<string>? Ids { get; set; }
}

/// <summary>The connection will be closed soon (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#55-goaway">protocol 5.5</see>).</summary>
public sealed record GoAway
{
    /// <summary>Time left; absent = none.</summary>
    public TimeSpan? TimeLeft { get; set; }
}

/// <summary>State of resumption (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#56-sessionresumptionupdate">protocol 5.6</see>).</summary>
public sealed record SessionResumptionUpdate
{
    /// <summary>Opaque handle; empty when not resumable.</summary>
    public string? NewHandle { get; set; }

    /// <summary>False while generating or while calls are open.</summary>
    public bool? Resumable { get; set; }

    /// <summary>Index of the last client message included in the state (transparent resumption).</summary>
    public long? LastConsumedClientMessageIndex { get; set; }
}

/// <summary>Tokens of one turn (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#57-usagemetadata">protocol 5.7</see>); absent = 0.</summary>
public sealed partial record UsageMetadata
{
    /// <summary>Everything in context for this turn.</summary>
    public int? PromptTokenCount { get; set; }

    /// <summary>Cached part of it.</summary>
    public int? CachedContentTokenCount { get; set; }

    /// <summary>Generated tokens.</summary>
    public int? ResponseTokenCount { get; set; }

    /// <summary>Tokens of tool results.</summary>
    public int? ToolUsePromptTokenCount { get; set; }

    /// <summary>Thinking tokens.</summary>
    public int? ThoughtsTokenCount { get; set; }

    /// <summary>Total.</summary>
    public int? TotalTokenCount { get; set; }

    /// <summary>Context by modality.</summary>
    public IReadOnlyList<ModalityTokenCount>? PromptTokensDetails { get; set; }

    /// <summary>Cache by modality.</summary>
    public IReadOnlyList<ModalityTokenCount>? CacheTokensDetails { get; set; }

    /// <summary>Generated by modality.</summary>
    public IReadOnlyList<ModalityTokenCount>? ResponseTokensDetails { get; set; }

    /// <summary>Tool results by modality.</summary>
    public IReadOnlyList<ModalityTokenCount>? ToolUsePromptTokensDetails { get; set; }

    /// <summary>Tier of the service.</summary>
    public ServiceTier? ServiceTier { get; set; }

    /// <summary>Vertex only.</summary>
    public TrafficType? TrafficType { get; set; }

    /// <summary>Vertex name of <see cref="ResponseTokenCount"/>.</summary>
    public int? CandidatesTokenCount { get; set; }

    /// <summary>Vertex name of <see cref="ResponseTokensDetails"/>.</summary>
    public IReadOnlyList<ModalityTokenCount>? CandidatesTokensDetails { get; set; }
}

/// <summary>Tokens of one modality.</summary>
public sealed record ModalityTokenCount
{
    /// <summary>The modality.</summary>
    public Modality? Modality { get; set; }

    /// <summary>Tokens.</summary>
    public int? TokenCount { get; set; }
}

/// <summary>Start or end of the user's speech (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#59-voiceactivity">protocol 5.9</see>).</summary>
public sealed record VoiceActivity
{
    /// <summary>Start or end.</summary>
    public VoiceActivityType? Type { get; set; }

    /// <summary>Position in the audio of the connection.</summary>
    public TimeSpan? AudioOffset { get; set; }
}

/// <summary>Older form of <see cref="VoiceActivity"/> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#58-voiceactivitydetectionsignal">protocol 5.8</see>).</summary>
public sealed record VoiceActivityDetectionSignal
{
    /// <summary>Start or end.</summary>
    public VadSignalType? VadSignalType { get; set; }
}

/// <summary>An error in the body of an HTTP response, or in a message (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#510-error-objects">protocol 5.10</see>).</summary>
public sealed record ApiError
{
    /// <summary>HTTP or RPC code.</summary>
    public int? Code { get; set; }

    /// <summary>What went wrong.</summary>
    public string? Message { get; set; }

    /// <summary>RPC status name, such as <c>INVALID_ARGUMENT</c>.</summary>
    public string? Status { get; set; }

    /// <summary>Details.</summary>
    public JsonElement? Details { get; set; }
}

namespace Parley.Protocol;

/// <summary>Whether an interaction is over (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#68-extended-thinking-gemini-38-live-extended-thinking">protocol 6.8</see>). Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct InteractionStatus(string Value) : IWireEnum<InteractionStatus>
{
    /// <summary><c>INTERACTION_STATUS_UNSPECIFIED</c>.</summary>
    public static InteractionStatus Unspecified => new("INTERACTION_STATUS_UNSPECIFIED");

    /// <summary><c>IN_PROGRESS</c>.</summary>
    public static InteractionStatus InProgress => new("IN_PROGRESS");

    /// <summary><c>REQUIRES_ACTION</c>.</summary>
    public static InteractionStatus RequiresAction => new("REQUIRES_ACTION");

    /// <summary><c>IDLE</c>.</summary>
    public static InteractionStatus Idle => new("IDLE");

    static IReadOnlyList<string> IWireEnum<InteractionStatus>.Names { get; } =
        ["INTERACTION_STATUS_UNSPECIFIED", "IN_PROGRESS", "REQUIRES_ACTION", "IDLE"];

    static InteractionStatus IWireEnum<InteractionStatus>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Server-side speech detection. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct SpeechState(string Value) : IWireEnum<SpeechState>
{
    /// <summary><c>SPEECH_STATE_UNSPECIFIED</c>.</summary>
    public static SpeechState Unspecified => new("SPEECH_STATE_UNSPECIFIED");

    /// <summary><c>NON_SPEECH</c>.</summary>
    public static SpeechState NonSpeech => new("NON_SPEECH");

    /// <summary><c>SPEECH</c>.</summary>
    public static SpeechState Speech => new("SPEECH");

    static IReadOnlyList<string> IWireEnum<SpeechState>.Names { get; } =
        ["SPEECH_STATE_UNSPECIFIED", "NON_SPEECH", "SPEECH"];

    static SpeechState IWireEnum<SpeechState>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Start or end of speech. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct VoiceActivityType(string Value) : IWireEnum<VoiceActivityType>
{
    /// <summary><c>TYPE_UNSPECIFIED</c>.</summary>
    public static VoiceActivityType Unspecified => new("TYPE_UNSPECIFIED");

    /// <summary><c>ACTIVITY_START</c>.</summary>
    public static VoiceActivityType ActivityStart => new("ACTIVITY_START");

    /// <summary><c>ACTIVITY_END</c>.</summary>
    public static VoiceActivityType ActivityEnd => new("ACTIVITY_END");

    static IReadOnlyList<string> IWireEnum<VoiceActivityType>.Names { get; } =
        ["TYPE_UNSPECIFIED", "ACTIVITY_START", "ACTIVITY_END"];

    static VoiceActivityType IWireEnum<VoiceActivityType>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Start or end of speech, older form. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct VadSignalType(string Value) : IWireEnum<VadSignalType>
{
    /// <summary><c>VAD_SIGNAL_TYPE_UNSPECIFIED</c>.</summary>
    public static VadSignalType Unspecified => new("VAD_SIGNAL_TYPE_UNSPECIFIED");

    /// <summary><c>VAD_SIGNAL_TYPE_SOS</c>.</summary>
    public static VadSignalType Sos => new("VAD_SIGNAL_TYPE_SOS");

    /// <summary><c>VAD_SIGNAL_TYPE_EOS</c>.</summary>
    public static VadSignalType Eos => new("VAD_SIGNAL_TYPE_EOS");

    static IReadOnlyList<string> IWireEnum<VadSignalType>.Names { get; } =
        ["VAD_SIGNAL_TYPE_UNSPECIFIED", "VAD_SIGNAL_TYPE_SOS", "VAD_SIGNAL_TYPE_EOS"];

    static VadSignalType IWireEnum<VadSignalType>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Tier of the service. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct ServiceTier(string Value) : IWireEnum<ServiceTier>
{
    /// <summary><c>unspecified</c>.</summary>
    public static ServiceTier Unspecified => new("unspecified");

    /// <summary><c>flex</c>.</summary>
    public static ServiceTier Flex => new("flex");

    /// <summary><c>standard</c>.</summary>
    public static ServiceTier Standard => new("standard");

    /// <summary><c>priority</c>.</summary>
    public static ServiceTier Priority => new("priority");

    static IReadOnlyList<string> IWireEnum<ServiceTier>.Names { get; } =
        ["unspecified", "flex", "standard", "priority"];

    static ServiceTier IWireEnum<ServiceTier>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Kind of traffic (Vertex). Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct TrafficType(string Value) : IWireEnum<TrafficType>
{
    /// <summary><c>TRAFFIC_TYPE_UNSPECIFIED</c>.</summary>
    public static TrafficType Unspecified => new("TRAFFIC_TYPE_UNSPECIFIED");

    /// <summary><c>ON_DEMAND</c>.</summary>
    public static TrafficType OnDemand => new("ON_DEMAND");

    /// <summary><c>ON_DEMAND_PRIORITY</c>.</summary>
    public static TrafficType OnDemandPriority => new("ON_DEMAND_PRIORITY");

    /// <summary><c>ON_DEMAND_FLEX</c>.</summary>
    public static TrafficType OnDemandFlex => new("ON_DEMAND_FLEX");

    /// <summary><c>ON_DEMAND_OFFPEAK</c>.</summary>
    public static TrafficType OnDemandOffpeak => new("ON_DEMAND_OFFPEAK");

    /// <summary><c>PROVISIONED_THROUGHPUT</c>.</summary>
    public static TrafficType ProvisionedThroughput => new("PROVISIONED_THROUGHPUT");

    static IReadOnlyList<string> IWireEnum<TrafficType>.Names { get; } =
        ["TRAFFIC_TYPE_UNSPECIFIED", "ON_DEMAND", "ON_DEMAND_PRIORITY", "ON_DEMAND_FLEX", "ON_DEMAND_OFFPEAK", "PROVISIONED_THROUGHPUT"];

    static TrafficType IWireEnum<TrafficType>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Result of reading a URL. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct UrlRetrievalStatus(string Value) : IWireEnum<UrlRetrievalStatus>
{
    /// <summary><c>URL_RETRIEVAL_STATUS_UNSPECIFIED</c>.</summary>
    public static UrlRetrievalStatus Unspecified => new("URL_RETRIEVAL_STATUS_UNSPECIFIED");

    /// <summary><c>URL_RETRIEVAL_STATUS_SUCCESS</c>.</summary>
    public static UrlRetrievalStatus Success => new("URL_RETRIEVAL_STATUS_SUCCESS");

    /// <summary><c>URL_RETRIEVAL_STATUS_ERROR</c>.</summary>
    public static UrlRetrievalStatus Error => new("URL_RETRIEVAL_STATUS_ERROR");

    /// <summary><c>URL_RETRIEVAL_STATUS_PAYWALL</c>.</summary>
    public static UrlRetrievalStatus Paywall => new("URL_RETRIEVAL_STATUS_PAYWALL");

    /// <summary><c>URL_RETRIEVAL_STATUS_UNSAFE</c>.</summary>
    public static UrlRetrievalStatus Unsafe => new("URL_RETRIEVAL_STATUS_UNSAFE");

    static IReadOnlyList<string> IWireEnum<UrlRetrievalStatus>.Names { get; } =
        ["URL_RETRIEVAL_STATUS_UNSPECIFIED", "URL_RETRIEVAL_STATUS_SUCCESS", "URL_RETRIEVAL_STATUS_ERROR", "URL_RETRIEVAL_STATUS_PAYWALL", "URL_RETRIEVAL_STATUS_UNSAFE"];

    static UrlRetrievalStatus IWireEnum<UrlRetrievalStatus>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Why a turn ended (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#522-turncompletereason-values">protocol 5.2.2</see>). Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct TurnCompleteReason(string Value) : IWireEnum<TurnCompleteReason>
{
    /// <summary><c>TURN_COMPLETE_REASON_UNSPECIFIED</c>.</summary>
    public static TurnCompleteReason Unspecified => new("TURN_COMPLETE_REASON_UNSPECIFIED");

    /// <summary><c>MALFORMED_FUNCTION_CALL</c>.</summary>
    public static TurnCompleteReason MalformedFunctionCall => new("MALFORMED_FUNCTION_CALL");

    /// <summary><c>RESPONSE_REJECTED</c>.</summary>
    public static TurnCompleteReason ResponseRejected => new("RESPONSE_REJECTED");

    /// <summary><c>NEED_MORE_INPUT</c>.</summary>
    public static TurnCompleteReason NeedMoreInput => new("NEED_MORE_INPUT");

    /// <summary><c>PROHIBITED_INPUT_CONTENT</c>.</summary>
    public static TurnCompleteReason ProhibitedInputContent => new("PROHIBITED_INPUT_CONTENT");

    /// <summary><c>IMAGE_PROHIBITED_INPUT_CONTENT</c>.</summary>
    public static TurnCompleteReason ImageProhibitedInputContent => new("IMAGE_PROHIBITED_INPUT_CONTENT");

    /// <summary><c>INPUT_TEXT_CONTAIN_PROMINENT_PERSON_PROHIBITED</c>.</summary>
    public static TurnCompleteReason InputTextContainProminentPersonProhibited => new("INPUT_TEXT_CONTAIN_PROMINENT_PERSON_PROHIBITED");

    /// <summary><c>INPUT_IMAGE_CELEBRITY</c>.</summary>
    public static TurnCompleteReason InputImageCelebrity => new("INPUT_IMAGE_CELEBRITY");

    /// <summary><c>INPUT_IMAGE_PHOTO_REALISTIC_CHILD_PROHIBITED</c>.</summary>
    public static TurnCompleteReason InputImagePhotoRealisticChildProhibited => new("INPUT_IMAGE_PHOTO_REALISTIC_CHILD_PROHIBITED");

    /// <summary><c>INPUT_TEXT_NCII_PROHIBITED</c>.</summary>
    public static TurnCompleteReason InputTextNciiProhibited => new("INPUT_TEXT_NCII_PROHIBITED");

    /// <summary><c>INPUT_OTHER</c>.</summary>
    public static TurnCompleteReason InputOther => new("INPUT_OTHER");

    /// <summary><c>INPUT_IP_PROHIBITED</c>.</summary>
    public static TurnCompleteReason InputIpProhibited => new("INPUT_IP_PROHIBITED");

    /// <summary><c>BLOCKLIST</c>.</summary>
    public static TurnCompleteReason Blocklist => new("BLOCKLIST");

    /// <summary><c>UNSAFE_PROMPT_FOR_IMAGE_GENERATION</c>.</summary>
    public static TurnCompleteReason UnsafePromptForImageGeneration => new("UNSAFE_PROMPT_FOR_IMAGE_GENERATION");

    /// <summary><c>GENERATED_IMAGE_SAFETY</c>.</summary>
    public static TurnCompleteReason GeneratedImageSafety => new("GENERATED_IMAGE_SAFETY");

    /// <summary><c>GENERATED_CONTENT_SAFETY</c>.</summary>
    public static TurnCompleteReason GeneratedContentSafety => new("GENERATED_CONTENT_SAFETY");

    /// <summary><c>GENERATED_AUDIO_SAFETY</c>.</summary>
    public static TurnCompleteReason GeneratedAudioSafety => new("GENERATED_AUDIO_SAFETY");

    /// <summary><c>GENERATED_VIDEO_SAFETY</c>.</summary>
    public static TurnCompleteReason GeneratedVideoSafety => new("GENERATED_VIDEO_SAFETY");

    /// <summary><c>GENERATED_CONTENT_PROHIBITED</c>.</summary>
    public static TurnCompleteReason GeneratedContentProhibited => new("GENERATED_CONTENT_PROHIBITED");

    /// <summary><c>GENERATED_CONTENT_BLOCKLIST</c>.</summary>
    public static TurnCompleteReason GeneratedContentBlocklist => new("GENERATED_CONTENT_BLOCKLIST");

    /// <summary><c>GENERATED_IMAGE_PROHIBITED</c>.</summary>
    public static TurnCompleteReason GeneratedImageProhibited => new("GENERATED_IMAGE_PROHIBITED");

    /// <summary><c>GENERATED_IMAGE_CELEBRITY</c>.</summary>
    public static TurnCompleteReason GeneratedImageCelebrity => new("GENERATED_IMAGE_CELEBRITY");

    /// <summary><c>GENERATED_IMAGE_PROMINENT_PEOPLE_DETECTED_BY_REWRITER</c>.</summary>
    public static TurnCompleteReason GeneratedImageProminentPeopleDetectedByRewriter => new("GENERATED_IMAGE_PROMINENT_PEOPLE_DETECTED_BY_REWRITER");

    /// <summary><c>GENERATED_IMAGE_IDENTIFIABLE_PEOPLE</c>.</summary>
    public static TurnCompleteReason GeneratedImageIdentifiablePeople => new("GENERATED_IMAGE_IDENTIFIABLE_PEOPLE");

    /// <summary><c>GENERATED_IMAGE_MINORS</c>.</summary>
    public static TurnCompleteReason GeneratedImageMinors => new("GENERATED_IMAGE_MINORS");

    /// <summary><c>OUTPUT_IMAGE_IP_PROHIBITED</c>.</summary>
    public static TurnCompleteReason OutputImageIpProhibited => new("OUTPUT_IMAGE_IP_PROHIBITED");

    /// <summary><c>GENERATED_OTHER</c>.</summary>
    public static TurnCompleteReason GeneratedOther => new("GENERATED_OTHER");

    /// <summary><c>MAX_REGENERATION_REACHED</c>.</summary>
    public static TurnCompleteReason MaxRegenerationReached => new("MAX_REGENERATION_REACHED");

    static IReadOnlyList<string> IWireEnum<TurnCompleteReason>.Names { get; } =
        ["TURN_COMPLETE_REASON_UNSPECIFIED", "MALFORMED_FUNCTION_CALL", "RESPONSE_REJECTED", "NEED_MORE_INPUT", "PROHIBITED_INPUT_CONTENT", "IMAGE_PROHIBITED_INPUT_CONTENT", "INPUT_TEXT_CONTAIN_PROMINENT_PERSON_PROHIBITED", "INPUT_IMAGE_CELEBRITY", "INPUT_IMAGE_PHOTO_REALISTIC_CHILD_PROHIBITED", "INPUT_TEXT_NCII_PROHIBITED", "INPUT_OTHER", "INPUT_IP_PROHIBITED", "BLOCKLIST", "UNSAFE_PROMPT_FOR_IMAGE_GENERATION", "GENERATED_IMAGE_SAFETY", "GENERATED_CONTENT_SAFETY", "GENERATED_AUDIO_SAFETY", "GENERATED_VIDEO_SAFETY", "GENERATED_CONTENT_PROHIBITED", "GENERATED_CONTENT_BLOCKLIST", "GENERATED_IMAGE_PROHIBITED", "GENERATED_IMAGE_CELEBRITY", "GENERATED_IMAGE_PROMINENT_PEOPLE_DETECTED_BY_REWRITER", "GENERATED_IMAGE_IDENTIFIABLE_PEOPLE", "GENERATED_IMAGE_MINORS", "OUTPUT_IMAGE_IP_PROHIBITED", "GENERATED_OTHER", "MAX_REGENERATION_REACHED"];

    static TurnCompleteReason IWireEnum<TurnCompleteReason>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

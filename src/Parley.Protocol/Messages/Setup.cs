namespace Parley.Protocol;

/// <summary>The first message: model and configuration of the session (BidiGenerateContentSetup, <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see>).</summary>
public sealed partial record Setup
{
    /// <summary>Resource name, <c>models/{id}</c>; required unless a token locks it.</summary>
    public string? Model { get; set; }

    /// <summary>How answers are generated; absent = the model's defaults.</summary>
    public GenerationConfig? GenerationConfig { get; set; }

    /// <summary>Instruction to the model; only its text parts count.</summary>
    public Content? SystemInstruction { get; set; }

    /// <summary>Functions and built-in tools the model may call.</summary>
    public IReadOnlyList<Tool>? Tools { get; set; }

    /// <summary>Activity detection and turn coverage; absent = automatic detection.</summary>
    public RealtimeInputConfig? RealtimeInputConfig { get; set; }

    /// <summary>Present (even empty) makes the server send resumption handles.</summary>
    public SessionResumptionConfig? SessionResumption { get; set; }

    /// <summary>Sliding-window compression; absent = off, and a full context ends the session.</summary>
    public ContextWindowCompressionConfig? ContextWindowCompression { get; set; }

    /// <summary>Present turns transcription of the user on.</summary>
    public AudioTranscriptionConfig? InputAudioTranscription { get; set; }

    /// <summary>Present turns transcription of the model's speech on.</summary>
    public AudioTranscriptionConfig? OutputAudioTranscription { get; set; }

    /// <summary>Whether the model may stay silent or speak unasked.</summary>
    public ProactivityConfig? Proactivity { get; set; }

    /// <summary>How the initial history is sent.</summary>
    public HistoryConfig? HistoryConfig { get; set; }

    /// <summary>Asks for voice activity messages (Vertex field; default false).</summary>
    public bool? ExplicitVadSignal { get; set; }

    /// <summary>Avatar video (Vertex 3.8 only).</summary>
    public AvatarConfig? AvatarConfig { get; set; }

    /// <summary>Blocking thresholds by harm category.</summary>
    public IReadOnlyList<SafetySetting>? SafetySettings { get; set; }

    /// <summary>Billing labels; at most 63 characters per key and value.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; set; }
}

/// <summary>Turns session resumption on and resumes (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see>).</summary>
public sealed record SessionResumptionConfig
{
    /// <summary>The newest resumable handle of an earlier connection; absent = a new session.</summary>
    public string? Handle { get; set; }

    /// <summary>Adds the index of the last consumed client message to updates (Vertex field; default false).</summary>
    public bool? Transparent { get; set; }
}

/// <summary>When and how the context is shortened (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#94-context-window-compression">protocol 9.4</see>).</summary>
public sealed record ContextWindowCompressionConfig
{
    /// <summary>Context size in tokens, before a turn, that starts compression; default 80 % of the window.</summary>
    public long? TriggerTokens { get; set; }

    /// <summary>The mechanism; present (even empty) selects it.</summary>
    public SlidingWindow? SlidingWindow { get; set; }
}

/// <summary>Drops the oldest content; what remains begins at a user turn.</summary>
public sealed record SlidingWindow
{
    /// <summary>Tokens kept; default half of the trigger.</summary>
    public long? TargetTokens { get; set; }
}

/// <summary>Proactive behaviour of the model (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see>).</summary>
public sealed record ProactivityConfig
{
    /// <summary>Lets the model stay silent on input that is not meant for it.</summary>
    public bool? ProactiveAudio { get; set; }

    /// <summary>Lets an incoming image start a generation; needs <see cref="ProactiveAudio"/>.</summary>
    public bool? ProactiveVideo { get; set; }
}

/// <summary>How the initial history is sent (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#41-setup-bidigeneratecontentsetup">protocol 4.1</see>).</summary>
public sealed record HistoryConfig
{
    /// <summary>True: client content up to the first <c>turnComplete</c> is history and starts no answer; default false.</summary>
    public bool? InitialHistoryInClientContent { get; set; }
}

/// <summary>Avatar video (Vertex only).</summary>
public sealed record AvatarConfig
{
    /// <summary>A prebuilt avatar.</summary>
    public string? AvatarName { get; set; }

    /// <summary>An avatar made from an image.</summary>
    public CustomizedAvatar? CustomizedAvatar { get; set; }

    /// <summary>Audio bit rate in bits per second.</summary>
    public int? AudioBitrateBps { get; set; }

    /// <summary>Video bit rate in bits per second.</summary>
    public int? VideoBitrateBps { get; set; }
}

/// <summary>An avatar made from an image.</summary>
public sealed record CustomizedAvatar
{
    /// <summary>Media type of the image.</summary>
    public string? ImageMimeType { get; set; }

    /// <summary>The image.</summary>
    public ReadOnlyMemory<byte>? ImageData { get; set; }
}

/// <summary>Blocking threshold of one harm category.</summary>
public sealed record SafetySetting
{
    /// <summary>The category.</summary>
    public HarmCategory? Category { get; set; }

    /// <summary>Probability from which content is blocked.</summary>
    public HarmBlockThreshold? Threshold { get; set; }

    /// <summary>What is compared with the threshold (Vertex only).</summary>
    public HarmBlockMethod? Method { get; set; }
}

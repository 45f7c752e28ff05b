namespace Parley.Protocol;

/// <summary>Kind of content. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct Modality(string Value) : IWireEnum<Modality>
{
    /// <summary><c>MODALITY_UNSPECIFIED</c>.</summary>
    public static Modality Unspecified => new("MODALITY_UNSPECIFIED");

    /// <summary><c>TEXT</c>.</summary>
    public static Modality Text => new("TEXT");

    /// <summary><c>IMAGE</c>.</summary>
    public static Modality Image => new("IMAGE");

    /// <summary><c>AUDIO</c>.</summary>
    public static Modality Audio => new("AUDIO");

    /// <summary><c>VIDEO</c>.</summary>
    public static Modality Video => new("VIDEO");

    /// <summary><c>DOCUMENT</c>.</summary>
    public static Modality Document => new("DOCUMENT");

    static IReadOnlyList<string> IWireEnum<Modality>.Names { get; } =
        ["MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO", "DOCUMENT"];

    static Modality IWireEnum<Modality>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Resolution at which video frames are read. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct MediaResolution(string Value) : IWireEnum<MediaResolution>
{
    /// <summary><c>MEDIA_RESOLUTION_UNSPECIFIED</c>.</summary>
    public static MediaResolution Unspecified => new("MEDIA_RESOLUTION_UNSPECIFIED");

    /// <summary><c>MEDIA_RESOLUTION_LOW</c>.</summary>
    public static MediaResolution Low => new("MEDIA_RESOLUTION_LOW");

    /// <summary><c>MEDIA_RESOLUTION_MEDIUM</c>.</summary>
    public static MediaResolution Medium => new("MEDIA_RESOLUTION_MEDIUM");

    /// <summary><c>MEDIA_RESOLUTION_HIGH</c>.</summary>
    public static MediaResolution High => new("MEDIA_RESOLUTION_HIGH");

    static IReadOnlyList<string> IWireEnum<MediaResolution>.Names { get; } =
        ["MEDIA_RESOLUTION_UNSPECIFIED", "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH"];

    static MediaResolution IWireEnum<MediaResolution>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Resolution of one part. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct PartMediaResolutionLevel(string Value) : IWireEnum<PartMediaResolutionLevel>
{
    /// <summary><c>MEDIA_RESOLUTION_UNSPECIFIED</c>.</summary>
    public static PartMediaResolutionLevel Unspecified => new("MEDIA_RESOLUTION_UNSPECIFIED");

    /// <summary><c>MEDIA_RESOLUTION_LOW</c>.</summary>
    public static PartMediaResolutionLevel Low => new("MEDIA_RESOLUTION_LOW");

    /// <summary><c>MEDIA_RESOLUTION_MEDIUM</c>.</summary>
    public static PartMediaResolutionLevel Medium => new("MEDIA_RESOLUTION_MEDIUM");

    /// <summary><c>MEDIA_RESOLUTION_HIGH</c>.</summary>
    public static PartMediaResolutionLevel High => new("MEDIA_RESOLUTION_HIGH");

    /// <summary><c>MEDIA_RESOLUTION_ULTRA_HIGH</c>.</summary>
    public static PartMediaResolutionLevel UltraHigh => new("MEDIA_RESOLUTION_ULTRA_HIGH");

    static IReadOnlyList<string> IWireEnum<PartMediaResolutionLevel>.Names { get; } =
        ["MEDIA_RESOLUTION_UNSPECIFIED", "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH", "MEDIA_RESOLUTION_ULTRA_HIGH"];

    static PartMediaResolutionLevel IWireEnum<PartMediaResolutionLevel>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Effort of thinking. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct ThinkingLevel(string Value) : IWireEnum<ThinkingLevel>
{
    /// <summary><c>THINKING_LEVEL_UNSPECIFIED</c>.</summary>
    public static ThinkingLevel Unspecified => new("THINKING_LEVEL_UNSPECIFIED");

    /// <summary><c>LOW</c>.</summary>
    public static ThinkingLevel Low => new("LOW");

    /// <summary><c>MEDIUM</c>.</summary>
    public static ThinkingLevel Medium => new("MEDIUM");

    /// <summary><c>HIGH</c>.</summary>
    public static ThinkingLevel High => new("HIGH");

    /// <summary><c>MINIMAL</c>.</summary>
    public static ThinkingLevel Minimal => new("MINIMAL");

    static IReadOnlyList<string> IWireEnum<ThinkingLevel>.Names { get; } =
        ["THINKING_LEVEL_UNSPECIFIED", "LOW", "MEDIUM", "HIGH", "MINIMAL"];

    static ThinkingLevel IWireEnum<ThinkingLevel>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Style of a transcription. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct TranscriptionMode(string Value) : IWireEnum<TranscriptionMode>
{
    /// <summary><c>MODE_UNSPECIFIED</c>.</summary>
    public static TranscriptionMode Unspecified => new("MODE_UNSPECIFIED");

    /// <summary><c>VERBATIM</c>.</summary>
    public static TranscriptionMode Verbatim => new("VERBATIM");

    /// <summary><c>SMART</c>.</summary>
    public static TranscriptionMode Smart => new("SMART");

    static IReadOnlyList<string> IWireEnum<TranscriptionMode>.Names { get; } =
        ["MODE_UNSPECIFIED", "VERBATIM", "SMART"];

    static TranscriptionMode IWireEnum<TranscriptionMode>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Sensitivity to the start of speech. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct StartSensitivity(string Value) : IWireEnum<StartSensitivity>
{
    /// <summary><c>START_SENSITIVITY_UNSPECIFIED</c>.</summary>
    public static StartSensitivity Unspecified => new("START_SENSITIVITY_UNSPECIFIED");

    /// <summary><c>START_SENSITIVITY_HIGH</c>.</summary>
    public static StartSensitivity High => new("START_SENSITIVITY_HIGH");

    /// <summary><c>START_SENSITIVITY_LOW</c>.</summary>
    public static StartSensitivity Low => new("START_SENSITIVITY_LOW");

    static IReadOnlyList<string> IWireEnum<StartSensitivity>.Names { get; } =
        ["START_SENSITIVITY_UNSPECIFIED", "START_SENSITIVITY_HIGH", "START_SENSITIVITY_LOW"];

    static StartSensitivity IWireEnum<StartSensitivity>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Sensitivity to the end of speech. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct EndSensitivity(string Value) : IWireEnum<EndSensitivity>
{
    /// <summary><c>END_SENSITIVITY_UNSPECIFIED</c>.</summary>
    public static EndSensitivity Unspecified => new("END_SENSITIVITY_UNSPECIFIED");

    /// <summary><c>END_SENSITIVITY_HIGH</c>.</summary>
    public static EndSensitivity High => new("END_SENSITIVITY_HIGH");

    /// <summary><c>END_SENSITIVITY_LOW</c>.</summary>
    public static EndSensitivity Low => new("END_SENSITIVITY_LOW");

    static IReadOnlyList<string> IWireEnum<EndSensitivity>.Names { get; } =
        ["END_SENSITIVITY_UNSPECIFIED", "END_SENSITIVITY_HIGH", "END_SENSITIVITY_LOW"];

    static EndSensitivity IWireEnum<EndSensitivity>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>What the start of activity does to a running answer. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct ActivityHandling(string Value) : IWireEnum<ActivityHandling>
{
    /// <summary><c>ACTIVITY_HANDLING_UNSPECIFIED</c>.</summary>
    public static ActivityHandling Unspecified => new("ACTIVITY_HANDLING_UNSPECIFIED");

    /// <summary><c>START_OF_ACTIVITY_INTERRUPTS</c>.</summary>
    public static ActivityHandling StartOfActivityInterrupts => new("START_OF_ACTIVITY_INTERRUPTS");

    /// <summary><c>NO_INTERRUPTION</c>.</summary>
    public static ActivityHandling NoInterruption => new("NO_INTERRUPTION");

    static IReadOnlyList<string> IWireEnum<ActivityHandling>.Names { get; } =
        ["ACTIVITY_HANDLING_UNSPECIFIED", "START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"];

    static ActivityHandling IWireEnum<ActivityHandling>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>What a user turn contains. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct TurnCoverage(string Value) : IWireEnum<TurnCoverage>
{
    /// <summary><c>TURN_COVERAGE_UNSPECIFIED</c>.</summary>
    public static TurnCoverage Unspecified => new("TURN_COVERAGE_UNSPECIFIED");

    /// <summary><c>TURN_INCLUDES_ONLY_ACTIVITY</c>.</summary>
    public static TurnCoverage TurnIncludesOnlyActivity => new("TURN_INCLUDES_ONLY_ACTIVITY");

    /// <summary><c>TURN_INCLUDES_ALL_INPUT</c>.</summary>
    public static TurnCoverage TurnIncludesAllInput => new("TURN_INCLUDES_ALL_INPUT");

    /// <summary><c>TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO</c>.</summary>
    public static TurnCoverage TurnIncludesAudioActivityAndAllVideo => new("TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO");

    static IReadOnlyList<string> IWireEnum<TurnCoverage>.Names { get; } =
        ["TURN_COVERAGE_UNSPECIFIED", "TURN_INCLUDES_ONLY_ACTIVITY", "TURN_INCLUDES_ALL_INPUT", "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"];

    static TurnCoverage IWireEnum<TurnCoverage>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Whether the model waits for a function. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct Behavior(string Value) : IWireEnum<Behavior>
{
    /// <summary><c>UNSPECIFIED</c>.</summary>
    public static Behavior Unspecified => new("UNSPECIFIED");

    /// <summary><c>BLOCKING</c>.</summary>
    public static Behavior Blocking => new("BLOCKING");

    /// <summary><c>NON_BLOCKING</c>.</summary>
    public static Behavior NonBlocking => new("NON_BLOCKING");

    static IReadOnlyList<string> IWireEnum<Behavior>.Names { get; } =
        ["UNSPECIFIED", "BLOCKING", "NON_BLOCKING"];

    static Behavior IWireEnum<Behavior>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>When the result of a NON_BLOCKING function is spoken. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct Scheduling(string Value) : IWireEnum<Scheduling>
{
    /// <summary><c>SCHEDULING_UNSPECIFIED</c>.</summary>
    public static Scheduling Unspecified => new("SCHEDULING_UNSPECIFIED");

    /// <summary><c>SILENT</c>.</summary>
    public static Scheduling Silent => new("SILENT");

    /// <summary><c>WHEN_IDLE</c>.</summary>
    public static Scheduling WhenIdle => new("WHEN_IDLE");

    /// <summary><c>INTERRUPT</c>.</summary>
    public static Scheduling Interrupt => new("INTERRUPT");

    static IReadOnlyList<string> IWireEnum<Scheduling>.Names { get; } =
        ["SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT"];

    static Scheduling IWireEnum<Scheduling>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Type of a value. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct SchemaType(string Value) : IWireEnum<SchemaType>
{
    /// <summary><c>TYPE_UNSPECIFIED</c>.</summary>
    public static SchemaType Unspecified => new("TYPE_UNSPECIFIED");

    /// <summary><c>STRING</c>.</summary>
    public static SchemaType String => new("STRING");

    /// <summary><c>NUMBER</c>.</summary>
    public static SchemaType Number => new("NUMBER");

    /// <summary><c>INTEGER</c>.</summary>
    public static SchemaType Integer => new("INTEGER");

    /// <summary><c>BOOLEAN</c>.</summary>
    public static SchemaType Boolean => new("BOOLEAN");

    /// <summary><c>ARRAY</c>.</summary>
    public static SchemaType Array => new("ARRAY");

    /// <summary><c>OBJECT</c>.</summary>
    public static SchemaType Object => new("OBJECT");

    /// <summary><c>NULL</c>.</summary>
    public static SchemaType Null => new("NULL");

    static IReadOnlyList<string> IWireEnum<SchemaType>.Names { get; } =
        ["TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

    static SchemaType IWireEnum<SchemaType>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

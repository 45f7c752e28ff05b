namespace Parley.Protocol;

/// <summary>When legacy search runs. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct DynamicRetrievalMode(string Value) : IWireEnum<DynamicRetrievalMode>
{
    /// <summary><c>MODE_UNSPECIFIED</c>.</summary>
    public static DynamicRetrievalMode Unspecified => new("MODE_UNSPECIFIED");

    /// <summary><c>MODE_DYNAMIC</c>.</summary>
    public static DynamicRetrievalMode Dynamic => new("MODE_DYNAMIC");

    static IReadOnlyList<string> IWireEnum<DynamicRetrievalMode>.Names { get; } =
        ["MODE_UNSPECIFIED", "MODE_DYNAMIC"];

    static DynamicRetrievalMode IWireEnum<DynamicRetrievalMode>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>What computer use operates. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct ComputerEnvironment(string Value) : IWireEnum<ComputerEnvironment>
{
    /// <summary><c>ENVIRONMENT_UNSPECIFIED</c>.</summary>
    public static ComputerEnvironment Unspecified => new("ENVIRONMENT_UNSPECIFIED");

    /// <summary><c>ENVIRONMENT_BROWSER</c>.</summary>
    public static ComputerEnvironment Browser => new("ENVIRONMENT_BROWSER");

    /// <summary><c>ENVIRONMENT_MOBILE</c>.</summary>
    public static ComputerEnvironment Mobile => new("ENVIRONMENT_MOBILE");

    /// <summary><c>ENVIRONMENT_DESKTOP</c>.</summary>
    public static ComputerEnvironment Desktop => new("ENVIRONMENT_DESKTOP");

    static IReadOnlyList<string> IWireEnum<ComputerEnvironment>.Names { get; } =
        ["ENVIRONMENT_UNSPECIFIED", "ENVIRONMENT_BROWSER", "ENVIRONMENT_MOBILE", "ENVIRONMENT_DESKTOP"];

    static ComputerEnvironment IWireEnum<ComputerEnvironment>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>A category of harm. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct HarmCategory(string Value) : IWireEnum<HarmCategory>
{
    /// <summary><c>HARM_CATEGORY_UNSPECIFIED</c>.</summary>
    public static HarmCategory Unspecified => new("HARM_CATEGORY_UNSPECIFIED");

    /// <summary><c>HARM_CATEGORY_HARASSMENT</c>.</summary>
    public static HarmCategory Harassment => new("HARM_CATEGORY_HARASSMENT");

    /// <summary><c>HARM_CATEGORY_HATE_SPEECH</c>.</summary>
    public static HarmCategory HateSpeech => new("HARM_CATEGORY_HATE_SPEECH");

    /// <summary><c>HARM_CATEGORY_SEXUALLY_EXPLICIT</c>.</summary>
    public static HarmCategory SexuallyExplicit => new("HARM_CATEGORY_SEXUALLY_EXPLICIT");

    /// <summary><c>HARM_CATEGORY_DANGEROUS_CONTENT</c>.</summary>
    public static HarmCategory DangerousContent => new("HARM_CATEGORY_DANGEROUS_CONTENT");

    /// <summary><c>HARM_CATEGORY_CIVIC_INTEGRITY</c>.</summary>
    public static HarmCategory CivicIntegrity => new("HARM_CATEGORY_CIVIC_INTEGRITY");

    /// <summary><c>HARM_CATEGORY_JAILBREAK</c>.</summary>
    public static HarmCategory Jailbreak => new("HARM_CATEGORY_JAILBREAK");

    /// <summary><c>HARM_CATEGORY_IMAGE_HATE</c>.</summary>
    public static HarmCategory ImageHate => new("HARM_CATEGORY_IMAGE_HATE");

    /// <summary><c>HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT</c>.</summary>
    public static HarmCategory ImageDangerousContent => new("HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT");

    /// <summary><c>HARM_CATEGORY_IMAGE_HARASSMENT</c>.</summary>
    public static HarmCategory ImageHarassment => new("HARM_CATEGORY_IMAGE_HARASSMENT");

    /// <summary><c>HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT</c>.</summary>
    public static HarmCategory ImageSexuallyExplicit => new("HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT");

    static IReadOnlyList<string> IWireEnum<HarmCategory>.Names { get; } =
        ["HARM_CATEGORY_UNSPECIFIED", "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT", "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY", "HARM_CATEGORY_JAILBREAK", "HARM_CATEGORY_IMAGE_HATE", "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT", "HARM_CATEGORY_IMAGE_HARASSMENT", "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT"];

    static HarmCategory IWireEnum<HarmCategory>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>From which probability content is blocked. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct HarmBlockThreshold(string Value) : IWireEnum<HarmBlockThreshold>
{
    /// <summary><c>HARM_BLOCK_THRESHOLD_UNSPECIFIED</c>.</summary>
    public static HarmBlockThreshold Unspecified => new("HARM_BLOCK_THRESHOLD_UNSPECIFIED");

    /// <summary><c>BLOCK_LOW_AND_ABOVE</c>.</summary>
    public static HarmBlockThreshold BlockLowAndAbove => new("BLOCK_LOW_AND_ABOVE");

    /// <summary><c>BLOCK_MEDIUM_AND_ABOVE</c>.</summary>
    public static HarmBlockThreshold BlockMediumAndAbove => new("BLOCK_MEDIUM_AND_ABOVE");

    /// <summary><c>BLOCK_ONLY_HIGH</c>.</summary>
    public static HarmBlockThreshold BlockOnlyHigh => new("BLOCK_ONLY_HIGH");

    /// <summary><c>BLOCK_NONE</c>.</summary>
    public static HarmBlockThreshold BlockNone => new("BLOCK_NONE");

    /// <summary><c>OFF</c>.</summary>
    public static HarmBlockThreshold Off => new("OFF");

    static IReadOnlyList<string> IWireEnum<HarmBlockThreshold>.Names { get; } =
        ["HARM_BLOCK_THRESHOLD_UNSPECIFIED", "BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"];

    static HarmBlockThreshold IWireEnum<HarmBlockThreshold>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>What is compared with the threshold. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct HarmBlockMethod(string Value) : IWireEnum<HarmBlockMethod>
{
    /// <summary><c>HARM_BLOCK_METHOD_UNSPECIFIED</c>.</summary>
    public static HarmBlockMethod Unspecified => new("HARM_BLOCK_METHOD_UNSPECIFIED");

    /// <summary><c>SEVERITY</c>.</summary>
    public static HarmBlockMethod Severity => new("SEVERITY");

    /// <summary><c>PROBABILITY</c>.</summary>
    public static HarmBlockMethod Probability => new("PROBABILITY");

    static IReadOnlyList<string> IWireEnum<HarmBlockMethod>.Names { get; } =
        ["HARM_BLOCK_METHOD_UNSPECIFIED", "SEVERITY", "PROBABILITY"];

    static HarmBlockMethod IWireEnum<HarmBlockMethod>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>Language of executed code. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct CodeLanguage(string Value) : IWireEnum<CodeLanguage>
{
    /// <summary><c>LANGUAGE_UNSPECIFIED</c>.</summary>
    public static CodeLanguage Unspecified => new("LANGUAGE_UNSPECIFIED");

    /// <summary><c>PYTHON</c>.</summary>
    public static CodeLanguage Python => new("PYTHON");

    static IReadOnlyList<string> IWireEnum<CodeLanguage>.Names { get; } =
        ["LANGUAGE_UNSPECIFIED", "PYTHON"];

    static CodeLanguage IWireEnum<CodeLanguage>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>How executed code ended. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct CodeOutcome(string Value) : IWireEnum<CodeOutcome>
{
    /// <summary><c>OUTCOME_UNSPECIFIED</c>.</summary>
    public static CodeOutcome Unspecified => new("OUTCOME_UNSPECIFIED");

    /// <summary><c>OUTCOME_OK</c>.</summary>
    public static CodeOutcome Ok => new("OUTCOME_OK");

    /// <summary><c>OUTCOME_FAILED</c>.</summary>
    public static CodeOutcome Failed => new("OUTCOME_FAILED");

    /// <summary><c>OUTCOME_DEADLINE_EXCEEDED</c>.</summary>
    public static CodeOutcome DeadlineExceeded => new("OUTCOME_DEADLINE_EXCEEDED");

    static IReadOnlyList<string> IWireEnum<CodeOutcome>.Names { get; } =
        ["OUTCOME_UNSPECIFIED", "OUTCOME_OK", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED"];

    static CodeOutcome IWireEnum<CodeOutcome>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>A tool the service runs. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct ToolType(string Value) : IWireEnum<ToolType>
{
    /// <summary><c>TOOL_TYPE_UNSPECIFIED</c>.</summary>
    public static ToolType Unspecified => new("TOOL_TYPE_UNSPECIFIED");

    /// <summary><c>GOOGLE_SEARCH_WEB</c>.</summary>
    public static ToolType GoogleSearchWeb => new("GOOGLE_SEARCH_WEB");

    /// <summary><c>GOOGLE_SEARCH_IMAGE</c>.</summary>
    public static ToolType GoogleSearchImage => new("GOOGLE_SEARCH_IMAGE");

    /// <summary><c>URL_CONTEXT</c>.</summary>
    public static ToolType UrlContext => new("URL_CONTEXT");

    /// <summary><c>GOOGLE_MAPS</c>.</summary>
    public static ToolType GoogleMaps => new("GOOGLE_MAPS");

    /// <summary><c>FILE_SEARCH</c>.</summary>
    public static ToolType FileSearch => new("FILE_SEARCH");

    /// <summary><c>MEDIA_PROCESSING</c>.</summary>
    public static ToolType MediaProcessing => new("MEDIA_PROCESSING");

    static IReadOnlyList<string> IWireEnum<ToolType>.Names { get; } =
        ["TOOL_TYPE_UNSPECIFIED", "GOOGLE_SEARCH_WEB", "GOOGLE_SEARCH_IMAGE", "URL_CONTEXT", "GOOGLE_MAPS", "FILE_SEARCH", "MEDIA_PROCESSING"];

    static ToolType IWireEnum<ToolType>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>How media is processed. Open: other values are kept as received.</summary>
/// <param name="Value">The name on the wire.</param>
public readonly record struct MediaProcessing(string Value) : IWireEnum<MediaProcessing>
{
    /// <summary><c>MEDIA_PROCESSING_UNSPECIFIED</c>.</summary>
    public static MediaProcessing Unspecified => new("MEDIA_PROCESSING_UNSPECIFIED");

    /// <summary><c>STATIC</c>.</summary>
    public static MediaProcessing Static => new("STATIC");

    /// <summary><c>AGENTIC</c>.</summary>
    public static MediaProcessing Agentic => new("AGENTIC");

    static IReadOnlyList<string> IWireEnum<MediaProcessing>.Names { get; } =
        ["MEDIA_PROCESSING_UNSPECIFIED", "STATIC", "AGENTIC"];

    static MediaProcessing IWireEnum<MediaProcessing>.Create(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

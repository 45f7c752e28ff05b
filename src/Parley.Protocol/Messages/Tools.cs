using System.Text.Json;

namespace Parley.Protocol;

/// <summary>One tool, or a list of functions (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#414-tools">protocol 4.1.4</see>).</summary>
public sealed record Tool
{
    /// <summary>Functions the client runs; at most 512.</summary>
    public IReadOnlyList<FunctionDeclaration>? FunctionDeclarations { get; set; }

    /// <summary>Search run by the service.</summary>
    public GoogleSearch? GoogleSearch { get; set; }

    /// <summary>Legacy search.</summary>
    public GoogleSearchRetrieval? GoogleSearchRetrieval { get; set; }

    /// <summary>Code run by the service (2.0 models).</summary>
    public Empty? CodeExecution { get; set; }

    /// <summary>URL context (early models).</summary>
    public Empty? UrlContext { get; set; }

    /// <summary>Maps grounding.</summary>
    public GoogleMaps? GoogleMaps { get; set; }

    /// <summary>File search.</summary>
    public FileSearch? FileSearch { get; set; }

    /// <summary>Computer use.</summary>
    public ComputerUse? ComputerUse { get; set; }

    /// <summary>Remote MCP servers.</summary>
    public IReadOnlyList<McpServer>? McpServers { get; set; }

    /// <summary>Vertex only.</summary>
    public JsonElement? Retrieval { get; set; }

    /// <summary>Vertex only.</summary>
    public JsonElement? EnterpriseWebSearch { get; set; }

    /// <summary>Vertex only.</summary>
    public JsonElement? ParallelAiSearch { get; set; }

    /// <summary>Vertex only.</summary>
    public JsonElement? ExaAiSearch { get; set; }
}

/// <summary>A function the model may ask the client to run (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#414-tools">protocol 4.1.4</see>).</summary>
public sealed record FunctionDeclaration
{
    /// <summary>Letter or underscore first, then letters, digits, <c>_ . : -</c>; at most 128 characters.</summary>
    public string? Name { get; set; }

    /// <summary>What it does, for the model.</summary>
    public string? Description { get; set; }

    /// <summary>Parameters in the OpenAPI subset; not together with <see cref="ParametersJsonSchema"/>.</summary>
    public Schema? Parameters { get; set; }

    /// <summary>Parameters as any JSON Schema.</summary>
    public JsonElement? ParametersJsonSchema { get; set; }

    /// <summary>Result in the OpenAPI subset.</summary>
    public Schema? Response { get; set; }

    /// <summary>Result as any JSON Schema.</summary>
    public JsonElement? ResponseJsonSchema { get; set; }

    /// <summary>Whether the model waits for the response; the default depends on the model.</summary>
    public Behavior? Behavior { get; set; }
}

/// <summary>The OpenAPI subset that describes parameters. Any other keyword is refused with close code 1007.</summary>
public sealed partial record Schema
{
    /// <summary>Upper case on the wire; lower case is accepted.</summary>
    public SchemaType? Type { get; set; }

    /// <summary>Such as <c>int32</c> or <c>date-time</c>.</summary>
    public string? Format { get; set; }

    /// <summary>Title.</summary>
    public string? Title { get; set; }

    /// <summary>Description, for the model.</summary>
    public string? Description { get; set; }

    /// <summary>Null is allowed.</summary>
    public bool? Nullable { get; set; }

    /// <summary>Allowed values.</summary>
    public IReadOnlyList<string>? Enum { get; set; }

    /// <summary>Elements of an array.</summary>
    public Schema? Items { get; set; }

    /// <summary>Minimum number of elements.</summary>
    public long? MinItems { get; set; }

    /// <summary>Maximum number of elements.</summary>
    public long? MaxItems { get; set; }

    /// <summary>Members of an object.</summary>
    public IReadOnlyDictionary<string, Schema>? Properties { get; set; }

    /// <summary>Names of required members.</summary>
    public IReadOnlyList<string>? Required { get; set; }

    /// <summary>Minimum number of members.</summary>
    public long? MinProperties { get; set; }

    /// <summary>Maximum number of members.</summary>
    public long? MaxProperties { get; set; }

    /// <summary>Minimum value.</summary>
    public double? Minimum { get; set; }

    /// <summary>Maximum value.</summary>
    public double? Maximum { get; set; }

    /// <summary>Minimum length of a string.</summary>
    public long? MinLength { get; set; }

    /// <summary>Maximum length of a string.</summary>
    public long? MaxLength { get; set; }

    /// <summary>Regular expression.</summary>
    public string? Pattern { get; set; }

    /// <summary>An example.</summary>
    public JsonElement? Example { get; set; }

    /// <summary>Default; for documentation only.</summary>
    public JsonElement? Default { get; set; }

    /// <summary>Alternative schemas, any of which the value must match.</summary>
    public IReadOnlyList<Schema>? AnyOf { get; set; }

    /// <summary>Order in which members are generated.</summary>
    public IReadOnlyList<string>? PropertyOrdering { get; set; }
}

/// <summary>Search run by the service.</summary>
public sealed record GoogleSearch
{
    /// <summary>Kinds of search.</summary>
    public SearchTypes? SearchTypes { get; set; }

    /// <summary>Restricts results to this time range.</summary>
    public Interval? TimeRangeFilter { get; set; }

    /// <summary>Vertex only.</summary>
    public IReadOnlyList<string>? ExcludeDomains { get; set; }

    /// <summary>Vertex only.</summary>
    public string? BlockingConfidence { get; set; }
}

/// <summary>Kinds of search.</summary>
public sealed record SearchTypes
{
    /// <summary>Web.</summary>
    public Empty? WebSearch { get; set; }

    /// <summary>Images.</summary>
    public Empty? ImageSearch { get; set; }
}

/// <summary>A time range.</summary>
public sealed record Interval
{
    /// <summary>Start, inclusive.</summary>
    public DateTimeOffset? StartTime { get; set; }

    /// <summary>End, exclusive.</summary>
    public DateTimeOffset? EndTime { get; set; }
}

/// <summary>Legacy search.</summary>
public sealed record GoogleSearchRetrieval
{
    /// <summary>When to search.</summary>
    public DynamicRetrievalConfig? DynamicRetrievalConfig { get; set; }
}

/// <summary>When legacy search runs.</summary>
public sealed record DynamicRetrievalConfig
{
    /// <summary>Mode.</summary>
    public DynamicRetrievalMode? Mode { get; set; }

    /// <summary>Minimum score that starts a search.</summary>
    public double? DynamicThreshold { get; set; }
}

/// <summary>Maps grounding.</summary>
public sealed record GoogleMaps
{
    /// <summary>Returns a widget token.</summary>
    public bool? EnableWidget { get; set; }

    /// <summary>Credentials.</summary>
    public JsonElement? AuthConfig { get; set; }

    /// <summary>Kinds of grounding.</summary>
    public JsonElement? GroundingTypes { get; set; }
}

/// <summary>File search.</summary>
public sealed record FileSearch
{
    /// <summary>Stores.</summary>
    public IReadOnlyList<string>? FileSearchStoreNames { get; set; }

    /// <summary>Filter.</summary>
    public string? MetadataFilter { get; set; }

    /// <summary>Maximum number of results.</summary>
    public int? TopK { get; set; }
}

/// <summary>Computer use.</summary>
public sealed record ComputerUse
{
    /// <summary>The environment that is operated.</summary>
    public ComputerEnvironment? Environment { get; set; }

    /// <summary>Predefined functions to exclude.</summary>
    public IReadOnlyList<string>? ExcludedPredefinedFunctions { get; set; }

    /// <summary>Turns on detection of injected prompts.</summary>
    public bool? EnablePromptInjectionDetection { get; set; }

    /// <summary>Safety policies to turn off.</summary>
    public IReadOnlyList<string>? DisabledSafetyPolicies { get; set; }
}

/// <summary>A remote MCP server.</summary>
public sealed record McpServer
{
    /// <summary>Name.</summary>
    public string? Name { get; set; }

    /// <summary>Transport.</summary>
    public JsonElement? StreamableHttpTransport { get; set; }
}

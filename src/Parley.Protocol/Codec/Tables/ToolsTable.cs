namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.Tool> Tool => field ??=
        new MessageType<Protocol.Tool>()
            .Messages("functionDeclarations", static () => FunctionDeclaration, static m => m.FunctionDeclarations, static (m, v) => m.FunctionDeclarations = v)
            .Message("googleSearch", static () => GoogleSearch, static m => m.GoogleSearch, static (m, v) => m.GoogleSearch = v)
            .Message("googleSearchRetrieval", static () => GoogleSearchRetrieval, static m => m.GoogleSearchRetrieval, static (m, v) => m.GoogleSearchRetrieval = v)
            .Empty("codeExecution", static m => m.CodeExecution, static (m, v) => m.CodeExecution = v)
            .Empty("urlContext", static m => m.UrlContext, static (m, v) => m.UrlContext = v)
            .Message("googleMaps", static () => GoogleMaps, static m => m.GoogleMaps, static (m, v) => m.GoogleMaps = v)
            .Message("fileSearch", static () => FileSearch, static m => m.FileSearch, static (m, v) => m.FileSearch = v)
            .Message("computerUse", static () => ComputerUse, static m => m.ComputerUse, static (m, v) => m.ComputerUse = v)
            .Messages("mcpServers", static () => McpServer, static m => m.McpServers, static (m, v) => m.McpServers = v)
            .JsonObject("retrieval", static m => m.Retrieval, static (m, v) => m.Retrieval = v)
            .JsonObject("enterpriseWebSearch", static m => m.EnterpriseWebSearch, static (m, v) => m.EnterpriseWebSearch = v)
            .JsonObject("parallelAiSearch", static m => m.ParallelAiSearch, static (m, v) => m.ParallelAiSearch = v)
            .JsonObject("exaAiSearch", static m => m.ExaAiSearch, static (m, v) => m.ExaAiSearch = v);

    internal static MessageType<Protocol.FunctionDeclaration> FunctionDeclaration => field ??=
        new MessageType<Protocol.FunctionDeclaration>()
            .String("name", static m => m.Name, static (m, v) => m.Name = v)
            .String("description", static m => m.Description, static (m, v) => m.Description = v)
            .Message("parameters", static () => Schema, static m => m.Parameters, static (m, v) => m.Parameters = v)
            .Json("parametersJsonSchema", static m => m.ParametersJsonSchema, static (m, v) => m.ParametersJsonSchema = v)
            .Message("response", static () => Schema, static m => m.Response, static (m, v) => m.Response = v)
            .Json("responseJsonSchema", static m => m.ResponseJsonSchema, static (m, v) => m.ResponseJsonSchema = v)
            .Enum<Behavior>("behavior", static m => m.Behavior, static (m, v) => m.Behavior = v);

    internal static MessageType<Protocol.Schema> Schema => field ??=
        new MessageType<Protocol.Schema>()
            .Enum<SchemaType>("type", static m => m.Type, static (m, v) => m.Type = v)
            .String("format", static m => m.Format, static (m, v) => m.Format = v)
            .String("title", static m => m.Title, static (m, v) => m.Title = v)
            .String("description", static m => m.Description, static (m, v) => m.Description = v)
            .Boolean("nullable", static m => m.Nullable, static (m, v) => m.Nullable = v)
            .Strings("enum", static m => m.Enum, static (m, v) => m.Enum = v)
            .Message("items", static () => Schema, static m => m.Items, static (m, v) => m.Items = v)
            .Int64("minItems", static m => m.MinItems, static (m, v) => m.MinItems = v)
            .Int64("maxItems", static m => m.MaxItems, static (m, v) => m.MaxItems = v)
            .MessageMap("properties", static () => Schema, static m => m.Properties, static (m, v) => m.Properties = v)
            .Strings("required", static m => m.Required, static (m, v) => m.Required = v)
            .Int64("minProperties", static m => m.MinProperties, static (m, v) => m.MinProperties = v)
            .Int64("maxProperties", static m => m.MaxProperties, static (m, v) => m.MaxProperties = v)
            .Double("minimum", static m => m.Minimum, static (m, v) => m.Minimum = v)
            .Double("maximum", static m => m.Maximum, static (m, v) => m.Maximum = v)
            .Int64("minLength", static m => m.MinLength, static (m, v) => m.MinLength = v)
            .Int64("maxLength", static m => m.MaxLength, static (m, v) => m.MaxLength = v)
            .String("pattern", static m => m.Pattern, static (m, v) => m.Pattern = v)
            .Json("example", static m => m.Example, static (m, v) => m.Example = v)
            .Json("default", static m => m.Default, static (m, v) => m.Default = v)
            .Messages("anyOf", static () => Schema, static m => m.AnyOf, static (m, v) => m.AnyOf = v)
            .Strings("propertyOrdering", static m => m.PropertyOrdering, static (m, v) => m.PropertyOrdering = v);

    internal static MessageType<Protocol.GoogleSearch> GoogleSearch => field ??=
        new MessageType<Protocol.GoogleSearch>()
            .Message("searchTypes", static () => SearchTypes, static m => m.SearchTypes, static (m, v) => m.SearchTypes = v)
            .Message("timeRangeFilter", static () => Interval, static m => m.TimeRangeFilter, static (m, v) => m.TimeRangeFilter = v)
            .Strings("excludeDomains", static m => m.ExcludeDomains, static (m, v) => m.ExcludeDomains = v)
            .String("blockingConfidence", static m => m.BlockingConfidence, static (m, v) => m.BlockingConfidence = v);

    internal static MessageType<Protocol.SearchTypes> SearchTypes => field ??=
        new MessageType<Protocol.SearchTypes>()
            .Empty("webSearch", static m => m.WebSearch, static (m, v) => m.WebSearch = v)
            .Empty("imageSearch", static m => m.ImageSearch, static (m, v) => m.ImageSearch = v);

    internal static MessageType<Protocol.Interval> Interval => field ??=
        new MessageType<Protocol.Interval>()
            .Timestamp("startTime", static m => m.StartTime, static (m, v) => m.StartTime = v)
            .Timestamp("endTime", static m => m.EndTime, static (m, v) => m.EndTime = v);

    internal static MessageType<Protocol.GoogleSearchRetrieval> GoogleSearchRetrieval => field ??=
        new MessageType<Protocol.GoogleSearchRetrieval>()
            .Message("dynamicRetrievalConfig", static () => DynamicRetrievalConfig, static m => m.DynamicRetrievalConfig, static (m, v) => m.DynamicRetrievalConfig = v);

    internal static MessageType<Protocol.DynamicRetrievalConfig> DynamicRetrievalConfig => field ??=
        new MessageType<Protocol.DynamicRetrievalConfig>()
            .Enum<DynamicRetrievalMode>("mode", static m => m.Mode, static (m, v) => m.Mode = v)
            .Double("dynamicThreshold", static m => m.DynamicThreshold, static (m, v) => m.DynamicThreshold = v);

    internal static MessageType<Protocol.GoogleMaps> GoogleMaps => field ??=
        new MessageType<Protocol.GoogleMaps>()
            .Boolean("enableWidget", static m => m.EnableWidget, static (m, v) => m.EnableWidget = v)
            .JsonObject("authConfig", static m => m.AuthConfig, static (m, v) => m.AuthConfig = v)
            .JsonObject("groundingTypes", static m => m.GroundingTypes, static (m, v) => m.GroundingTypes = v);

    internal static MessageType<Protocol.FileSearch> FileSearch => field ??=
        new MessageType<Protocol.FileSearch>()
            .Strings("fileSearchStoreNames", static m => m.FileSearchStoreNames, static (m, v) => m.FileSearchStoreNames = v)
            .String("metadataFilter", static m => m.MetadataFilter, static (m, v) => m.MetadataFilter = v)
            .Int32("topK", static m => m.TopK, static (m, v) => m.TopK = v);

    internal static MessageType<Protocol.ComputerUse> ComputerUse => field ??=
        new MessageType<Protocol.ComputerUse>()
            .Enum<ComputerEnvironment>("environment", static m => m.Environment, static (m, v) => m.Environment = v)
            .Strings("excludedPredefinedFunctions", static m => m.ExcludedPredefinedFunctions, static (m, v) => m.ExcludedPredefinedFunctions = v)
            .Boolean("enablePromptInjectionDetection", static m => m.EnablePromptInjectionDetection, static (m, v) => m.EnablePromptInjectionDetection = v)
            .Strings("disabledSafetyPolicies", static m => m.DisabledSafetyPolicies, static (m, v) => m.DisabledSafetyPolicies = v);

    internal static MessageType<Protocol.McpServer> McpServer => field ??=
        new MessageType<Protocol.McpServer>()
            .String("name", static m => m.Name, static (m, v) => m.Name = v)
            .JsonObject("streamableHttpTransport", static m => m.StreamableHttpTransport, static (m, v) => m.StreamableHttpTransport = v);
}

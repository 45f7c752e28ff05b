using System.Text.Json;
using Parley.Protocol.Codec;
using Parley.TestKit;

namespace Parley.Protocol.Tests.Codec.Tables;

/// <summary>Compares the schema with the field tables: neither may have a message, field or value that the other lacks.</summary>
public sealed class SchemaTests
{
    /// <summary>Where the tables differ from the schema, and why.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["VoiceActivity.voiceActivityType"] = "The SDKs' name of type, read and never written.",
        ["Content.role"] = "Text: an unknown role is refused by the conversation, not by the decoder.",
        ["ModelContent.role"] = "See Content.",
        ["GroundingMetadata.sourceFlaggingUris"] = "Carried as it comes, and it comes as a list.",
        ["Error.error.details"] = "Carried as it comes, and it comes as a list.",
    };

    private readonly JsonElement _definitions = Definitions();
    private readonly HashSet<(string Name, MessageType Type)> _walked = [];
    private readonly HashSet<string> _used = [];
    private readonly List<string> _differences = [];

    [Fact]
    public void Schema_and_tables_have_the_same_messages_fields_and_values()
    {
        Walk("ClientMessage", Union("ClientMessage", except: "config"), WireTypes.LiveSessionRequest);
        Walk("GuideConfig", _definitions.GetProperty("GuideConfig").GetProperty("properties"), GuideTypes.Config);
        Walk("ServerMessage", _definitions.GetProperty("ServerMessage").GetProperty("properties"), WireTypes.LiveSessionResponse);
        Walk("AuthTokenRequest", _definitions.GetProperty("AuthTokenRequest").GetProperty("properties"), WireTypes.AuthTokenRequest);
        Walk("AuthTokenResponse", _definitions.GetProperty("AuthTokenResponse").GetProperty("properties"), WireTypes.AuthTokenResponse);
        Walk("Error.error", _definitions.GetProperty("Error").GetProperty("properties").GetProperty("error").GetProperty("properties"), WireTypes.ApiError);

        Assert.True(_differences.Count == 0, string.Join('\n', _differences));
        Assert.Equal(Exceptions.Keys.Order(StringComparer.Ordinal), _used.Order(StringComparer.Ordinal));
        Assert.True(_walked.Count >= 60, $"Only {_walked.Count} messages were compared.");
    }

    [Fact]
    public void Every_definition_of_the_schema_is_compared()
    {
        Schema_and_tables_have_the_same_messages_fields_and_values();
        // Unions, constraints and envelopes whose members are compared through the messages they hold.
        var wrappers = _definitions.EnumerateObject().Select(definition => definition.Name)
            .Where(name => name.EndsWith("Message", StringComparison.Ordinal) || name is "AudioBlob" or "ImageBlob" or "Error" or "Labels");
        var messages = _definitions.EnumerateObject()
            .Where(definition => definition.Value.TryGetProperty("properties", out var members) && members.EnumerateObject().Any())
            .Select(definition => definition.Name);

        Assert.Empty(messages.Except(wrappers).Except(_walked.Select(pair => pair.Name)));
    }

    private void Walk(string name, JsonElement members, MessageType type) => Walk(name, members.EnumerateObject().ToDictionary(m => m.Name, m => m.Value), type);

    private void Walk(string name, Dictionary<string, JsonElement> members, MessageType type)
    {
        if (!_walked.Add((name, type)))
            return;
        foreach (var missing in members.Keys.Except(type.Fields.Select(field => field.JsonName)))
            _differences.Add($"{name}.{missing} is not in the tables.");
        foreach (var field in type.Fields)
        {
            if (members.TryGetValue(field.JsonName, out var schema))
                Compare($"{name}.{field.JsonName}", schema, field.Codec);
            else if (!IsException($"{name}.{field.JsonName}"))
                _differences.Add($"{name}.{field.JsonName} is not in the schema.");
        }
    }

    private void Compare(string at, JsonElement schema, ValueCodec codec)
    {
        var (name, node) = Resolve(at, schema);
        var expected = Describe(name, node);
        var actual = Describe(codec);
        if (expected != actual)
        {
            if (!IsException(at))
                _differences.Add($"{at}: the schema has {expected}, the tables have {actual}.");
        }
        else if (expected == "list")
        {
            Compare(at, node.GetProperty("items"), codec.Element!);
        }
        else if (expected == "map")
        {
            Compare(at, node.GetProperty("additionalProperties"), codec.Element!);
        }
        else if (expected == "enum")
        {
            CompareNames(at, [.. node.GetProperty("enum").EnumerateArray().Select(value => value.GetString()!)], codec.Names!);
        }
        else if (expected == "message")
        {
            Walk(name, node.GetProperty("properties"), codec.Message!);
        }
    }

    private void CompareNames(string at, string[] schema, IReadOnlyList<string> table)
    {
        // One type is the modality of an answer and of a count; some enums are listed in both letter cases.
        var expected = table.Contains("DOCUMENT") && schema.Contains("AUDIO") ? [.. schema.Union(["VIDEO", "DOCUMENT"])] : schema;
        var upper = expected.Select(value => value is "unspecified" || table.Contains(value) ? value : value.ToUpperInvariant());
        if (!upper.Distinct().Order(StringComparer.Ordinal).SequenceEqual(table.Order(StringComparer.Ordinal)))
            _differences.Add($"{at}: the schema has {string.Join(", ", schema)}; the tables have {string.Join(", ", table)}.");
    }

    private bool IsException(string at)
    {
        var known = Exceptions.ContainsKey(at);
        if (known)
            _used.Add(at);
        return known;
    }

    private (string Name, JsonElement Node) Resolve(string at, JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("oneOf", out var choices) && choices[0].TryGetProperty("$ref", out _))
            schema = choices[0];
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("$ref", out var reference))
            return (at, schema);
        var name = reference.GetString()!.Split('/')[^1];
        return name is "AudioBlob" or "ImageBlob" ? ("Blob", _definitions.GetProperty("Blob")) : (name, _definitions.GetProperty(name));
    }

    private static string Describe(string name, JsonElement node) => name switch
    {
        "Int64" or "Duration" or "Timestamp" or "Base64" or "Empty" => name,
        _ when node.ValueKind == JsonValueKind.True => "any",
        _ when node.TryGetProperty("enum", out _) => "enum",
        _ => node.GetProperty("type").GetString() switch
        {
            "array" => "list",
            "object" when node.TryGetProperty("properties", out _) => "message",
            "object" when node.TryGetProperty("additionalProperties", out var values) && values.ValueKind == JsonValueKind.Object => "map",
            var type => type!,
        },
    };

    private static string Describe(ValueCodec codec) => codec switch
    {
        { Message: not null } => "message",
        { Names: not null } => "enum",
        StringCodec => "string",
        BooleanCodec => "boolean",
        Int32Codec => "integer",
        Int64Codec => "Int64",
        DoubleCodec => "number",
        BytesCodec => "Base64",
        DurationCodec => "Duration",
        TimestampCodec => "Timestamp",
        EmptyCodec => "Empty",
        JsonCodec when codec == JsonCodec.Object => "object",
        JsonCodec => "any",
        { Element: not null } when codec.GetType().GetGenericTypeDefinition() == typeof(ListCodec<>) => "list",
        { Element: not null } => "map",
        _ => codec.GetType().Name,
    };

    private Dictionary<string, JsonElement> Union(string name, string except) => _definitions.GetProperty(name).GetProperty("oneOf").EnumerateArray()
        .SelectMany(choice => Resolve(name, choice).Node.GetProperty("properties").EnumerateObject())
        .Where(member => member.Name != except)
        .ToDictionary(member => member.Name, member => member.Value);

    private static JsonElement Definitions()
    {
        using var stream = typeof(WireSchema).Assembly.GetManifestResourceStream("live-api.schema.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("$defs").Clone();
    }
}

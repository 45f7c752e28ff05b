using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Protocol;

namespace Parley.Client.Tools;

/// <summary>
/// Declares functions with <c>parameters</c> instead of <c>parametersJsonSchema</c>, for models that ignore the latter. Only schemas whose
/// every keyword the OpenAPI subset has are converted; the others stay, and the check before sending reports them.
/// </summary>
internal static class SchemaFallback
{
    // Keywords without an equivalent whose loss changes nothing for the model.
    private static readonly HashSet<string> Dropped = new(StringComparer.Ordinal) { "$schema", "$id", "$comment", "additionalProperties", "examples", "deprecated" };

    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "title", "description", "format", "enum", "minItems", "maxItems", "minimum", "maximum", "minLength", "maxLength", "pattern", "default",
        "minProperties", "maxProperties", "required",
    };

    internal static IReadOnlyList<Tool>? Apply(IReadOnlyList<Tool>? tools, LiveModelProfile profile)
    {
        if (tools is null || profile.ReadsParametersJsonSchema)
            return tools;
        return [.. tools.Select(static tool => tool.FunctionDeclarations is { Count: > 0 } functions
            ? tool with { FunctionDeclarations = [.. functions.Select(Convert)] }
            : tool)];
    }

    private static FunctionDeclaration Convert(FunctionDeclaration function)
    {
        if (function is not { Parameters: null, ParametersJsonSchema: { } schema } || Convert(JsonNode.Parse(schema.GetRawText())) is not { } subset)
            return function;
        var setup = new JsonObject
        {
            ["tools"] = new JsonArray(new JsonObject { ["functionDeclarations"] = new JsonArray(new JsonObject { ["name"] = "f", ["parameters"] = subset }) }),
        };
        try
        {
            var message = LiveCodec.DecodeRequest(System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["setup"] = setup }.ToJsonString()));
            return function with { Parameters = message.Setup!.Tools![0].FunctionDeclarations![0].Parameters, ParametersJsonSchema = null };
        }
        catch (LiveProtocolException)
        {
            return function;
        }
    }

    // Null: a keyword has no equivalent.
    private static JsonObject? Convert(JsonNode? node)
    {
        if (node is not JsonObject schema)
            return null;
        var subset = new JsonObject();
        foreach (var (name, value) in schema)
        {
            switch (name)
            {
                case "type" when TypeOf(value) is { } type:
                    subset["type"] = type.Name;
                    if (type.IsNullable)
                        subset["nullable"] = true;
                    break;
                case "const" when value is JsonValue only && only.GetValueKind() == JsonValueKind.String:
                    subset["enum"] = new JsonArray(only.DeepClone());
                    break;
                case "enum" when value is not JsonArray list || !list.All(static one => one?.GetValueKind() is JsonValueKind.String or null):
                    return null;
                case "enum":
                    subset["enum"] = new JsonArray([.. value!.AsArray().Where(static one => one is not null).Select(static one => one!.DeepClone())]);
                    break;
                case "properties" when value is JsonObject members:
                    var properties = new JsonObject();
                    foreach (var (member, inner) in members)
                    {
                        if (Convert(inner) is not { } converted)
                            return null;
                        properties[member] = converted;
                    }
                    subset["properties"] = properties;
                    break;
                case "items" when Convert(value) is { } items:
                    subset["items"] = items;
                    break;
                case "anyOf" when value is JsonArray alternatives && alternatives.Select(Convert).ToList() is var all && all.TrueForAll(static one => one is not null):
                    subset["anyOf"] = new JsonArray([.. all]);
                    break;
                case "additionalProperties" when value is JsonObject:
                    return null;
                case var kept when Kept.Contains(kept):
                    subset[name] = value?.DeepClone();
                    break;
                case var dropped when Dropped.Contains(dropped):
                    break;
                default:
                    return null;
            }
        }
        return subset;
    }

    private static (string Name, bool IsNullable)? TypeOf(JsonNode? type)
    {
        if (type is JsonValue)
            return (type.ToString(), false);
        var names = (type as JsonArray)?.Select(static one => one?.ToString() ?? "").ToList() ?? [];
        var isNullable = names.Remove("null");
        return names is [var single] ? (single, isNullable) : null;
    }
}

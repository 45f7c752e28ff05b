using System.Text.Json.Nodes;

namespace Parley.Protocol.Models;

/// <summary>Checks the functions of a setup among each other, and their schemas.</summary>
internal static class FunctionChecks
{
    private const int MaxDepth = 32;

    internal static IEnumerable<ProfileChecks.Finding> Of(JsonArray? tools)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (tools?.Count ?? 0); i++)
        {
            var functions = (tools![i] as JsonObject)?["functionDeclarations"] as JsonArray;
            for (var j = 0; j < (functions?.Count ?? 0); j++)
            {
                if (functions![j] is not JsonObject function)
                    continue;
                var path = $"tools[{i}].functionDeclarations[{j}]";
                if (function["name"]?.ToString() is { Length: > 0 } name && !names.Add(name))
                    yield return new(path + ".name", $"Two functions are named {name}; the session is closed.", "Rename one of them.");
                // The service reads the OpenAPI subset itself; what it makes of a JSON Schema is not known for live sessions.
                var findings = Schema(function["parameters"], path + ".parameters", PreflightSeverity.Refused, 0)
                    .Concat(Schema(function["parametersJsonSchema"], path + ".parametersJsonSchema", PreflightSeverity.Ignored, 0));
                foreach (var finding in findings)
                    yield return finding;
            }
        }
    }

    private static IEnumerable<ProfileChecks.Finding> Schema(JsonNode? node, string path, PreflightSeverity severity, int depth)
    {
        if (node is not JsonObject schema || depth > MaxDepth)
            yield break;
        var properties = schema["properties"] as JsonObject;
        if (IsArray(schema["type"]) && schema["items"] is null && schema["prefixItems"] is null)
            yield return new(path + ".items", "An array has no items.", "Say what its elements are.", severity);
        foreach (var required in schema["required"] as JsonArray ?? [])
        {
            if (required is not null && properties?.ContainsKey(required.ToString()) is not true)
                yield return new(path + ".required", $"It requires {required}, which is not one of the properties.", "Add the property, or require another one.", severity);
        }
        var inner = (properties ?? []).Select(static property => ($".properties.{property.Key}", property.Value))
            .Append((".items", schema["items"]))
            .Concat((schema["anyOf"] as JsonArray ?? []).Select(static (one, i) => ($".anyOf[{i}]", one)));
        foreach (var finding in inner.SelectMany(one => Schema(one.Item2, path + one.Item1, severity, depth + 1)))
            yield return finding;
    }

    private static bool IsArray(JsonNode? type) => type switch
    {
        JsonArray any => any.Any(IsArray),
        JsonValue => string.Equals(type.ToString(), "array", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}

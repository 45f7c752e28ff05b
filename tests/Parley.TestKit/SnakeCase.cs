using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.TestKit;

/// <summary>proto3 JSON lets a sender write <c>mime_type</c> for <c>mimeType</c>; the schema only has the second form.</summary>
public static class SnakeCase
{
    /// <summary>Members whose content belongs to the user: names inside them are data.</summary>
    private static readonly HashSet<string> FreeForm = new(StringComparer.Ordinal)
    {
        "args", "response", "partMetadata", "labels", "parametersJsonSchema", "responseJsonSchema", "example", "default",
    };

    /// <summary>The same message with the names of its fields in lowerCamelCase.</summary>
    public static JsonElement ToCamelCase(JsonElement message) =>
        JsonSerializer.SerializeToElement(Convert(message, namesAreData: false));

    private static JsonNode? Convert(JsonElement value, bool namesAreData) => value.ValueKind switch
    {
        JsonValueKind.Object => ConvertObject(value, namesAreData),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Convert(item, namesAreData: false))]),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(value),
    };

    private static JsonObject ConvertObject(JsonElement value, bool namesAreData)
    {
        var result = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            var name = namesAreData ? member.Name : Rename(member.Name);
            result.Add(name, !namesAreData && FreeForm.Contains(name)
                ? JsonSerializer.SerializeToNode(member.Value)
                : Convert(member.Value, namesAreData: !namesAreData && name == "properties"));
        }

        return result;
    }

    private static string Rename(string name)
    {
        var result = new StringBuilder(name.Length);
        var upper = false;
        foreach (var letter in name)
        {
            if (letter == '_')
            {
                upper = true;
                continue;
            }

            result.Append(upper ? char.ToUpperInvariant(letter) : letter);
            upper = false;
        }

        return result.ToString();
    }
}

using System.Text.Json;

namespace Parley.Client.Tools;

/// <summary>
/// Explains to the model what is wrong with the arguments of a call that failed, by the schema that was declared: which parameter, and what
/// is allowed. Knows the keywords that the schemas of .NET methods have.
/// </summary>
internal static class ArgumentCheck
{
    private const int MaxDepth = 16;
    private const int MaxShown = 100;

    /// <summary>What is wrong, in a sentence; null if nothing is known to be.</summary>
    internal static string? Find(JsonElement schema, JsonElement? arguments)
    {
        if (arguments is { ValueKind: JsonValueKind.Object } values)
            return InObject(schema, values, "", 0);
        using var none = JsonDocument.Parse("{}");
        return InObject(schema, none.RootElement, "", 0);
    }

    private static string? InObject(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (TryGet(schema, "required", JsonValueKind.Array, out var required))
        {
            foreach (var name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && !TryGetMember(value, name.GetString()!, out _))
                    return $"The parameter {Join(path, name.GetString()!)} is missing.";
            }
        }
        if (!TryGet(schema, "properties", JsonValueKind.Object, out var properties))
            return null;
        foreach (var property in properties.EnumerateObject())
        {
            if (TryGetMember(value, property.Name, out var member) && InValue(property.Value, member, Join(path, property.Name), depth + 1) is { } wrong)
                return wrong;
        }
        return null;
    }

    private static string? InValue(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
            return null;
        if (TryGet(schema, "enum", JsonValueKind.Array, out var allowed) && !allowed.EnumerateArray().Any(one => IsEqual(one, value)))
            return $"The parameter {path} is {Show(value)}; allowed are {string.Join(", ", allowed.EnumerateArray().Select(Show))}.";
        if (schema.TryGetProperty("type", out var type) && Types(type) is { Count: > 0 } types && !types.Exists(one => Is(value, one)))
            return $"The parameter {path} is {Show(value)}; it must be of type {string.Join(" or ", types)}.";
        if (value.ValueKind == JsonValueKind.Object)
            return InObject(schema, value, path, depth);
        if (value.ValueKind != JsonValueKind.Array || !schema.TryGetProperty("items", out var items))
            return null;
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (InValue(items, element, $"{path}[{index++}]", depth + 1) is { } wrong)
                return wrong;
        }
        return null;
    }

    // Members of .NET objects are read in any case.
    private static bool TryGetMember(JsonElement value, string name, out JsonElement member)
    {
        if (value.TryGetProperty(name, out member))
            return true;
        foreach (var other in value.EnumerateObject())
        {
            if (!string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase))
                continue;
            member = other.Value;
            return true;
        }
        return false;
    }

    // Enums of .NET are read in any case.
    private static bool IsEqual(JsonElement allowed, JsonElement value) => allowed.ValueKind == JsonValueKind.String && value.ValueKind == JsonValueKind.String
        ? string.Equals(allowed.GetString(), value.GetString(), StringComparison.OrdinalIgnoreCase)
        : JsonElement.DeepEquals(allowed, value);

    private static List<string> Types(JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => [type.GetString()!],
        JsonValueKind.Array => [.. type.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!)],
        _ => [],
    };

    // Numbers may be in quotes.
    private static bool Is(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("string", JsonValueKind.String) or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null)
            or ("array", JsonValueKind.Array) or ("object", JsonValueKind.Object) or ("number" or "integer", JsonValueKind.Number) => true,
        ("number" or "integer", JsonValueKind.String) => decimal.TryParse(
            value.GetString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _),
        ("string" or "boolean" or "null" or "array" or "object" or "number" or "integer", _) => false,
        _ => true,
    };

    private static bool TryGet(JsonElement schema, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out value) && value.ValueKind == kind;
    }

    private static string Show(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? $"\"{value.GetString()}\"" : value.GetRawText();
        return text.Length <= MaxShown ? text : text[..MaxShown] + "…";
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}

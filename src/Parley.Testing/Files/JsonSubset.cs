using System.Text.Json;

namespace Parley.Testing.Files;

/// <summary>Compares JSON with an expected part: every member of an expected object must be there, at every depth; lists and values must be equal.</summary>
internal static class JsonSubset
{
    /// <summary>The first difference with its path; null if the actual value contains the expected one.</summary>
    internal static string? Difference(JsonElement expected, JsonElement? actual, string path = "")
    {
        var at = path.Length == 0 ? "it" : path;
        if (actual is not { ValueKind: not JsonValueKind.Undefined } value)
            return $"{at} is missing, expected {expected.GetRawText()}";
        if (expected.ValueKind == JsonValueKind.Object && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in expected.EnumerateObject())
            {
                var inner = value.TryGetProperty(member.Name, out var found) ? found : (JsonElement?)null;
                if (Difference(member.Value, inner, path.Length == 0 ? member.Name : $"{path}.{member.Name}") is { } difference)
                    return difference;
            }
            return null;
        }
        if (expected.ValueKind == JsonValueKind.Array && value.ValueKind == JsonValueKind.Array)
        {
            if (expected.GetArrayLength() != value.GetArrayLength())
                return $"{at} has {value.GetArrayLength()} items, expected {expected.GetArrayLength()}";
            var pairs = expected.EnumerateArray().Zip(value.EnumerateArray()).Select((pair, index) => Difference(pair.First, pair.Second, $"{path}[{index}]"));
            return pairs.FirstOrDefault(static difference => difference is not null);
        }
        return JsonElement.DeepEquals(expected, value) ? null : $"{at} is {Shorten(value)}, expected {Shorten(expected)}";
    }

    private static string Shorten(JsonElement value) => FileProblems.Shorten(value.GetRawText());
}

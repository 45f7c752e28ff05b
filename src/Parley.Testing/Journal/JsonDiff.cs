using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Testing.Journal;

/// <summary>Compares JSON values member by member.</summary>
internal static class JsonDiff
{
    /// <summary>The differences, each with its path; none if there are none.</summary>
    /// <param name="expected">What is expected.</param>
    /// <param name="actual">What came.</param>
    /// <param name="isSubset">Whether the actual value may have further members.</param>
    /// <param name="path">Path of the values.</param>
    internal static IEnumerable<string> Compare(JsonNode? expected, JsonNode? actual, bool isSubset, string path = "") => (expected, actual) switch
    {
        (JsonObject wanted, JsonObject given) => wanted.SelectMany(member => given.ContainsKey(member.Key)
                ? Compare(member.Value, given[member.Key], isSubset, Join(path, member.Key))
                : [$"{Join(path, member.Key)}: expected {Show(member.Value)}, is missing"])
            .Concat(isSubset ? [] : given.Where(member => !wanted.ContainsKey(member.Key)).Select(member => $"{Join(path, member.Key)}: not expected, is {Show(member.Value)}")),
        (JsonArray wanted, JsonArray given) when wanted.Count == given.Count =>
            wanted.SelectMany((element, i) => Compare(element, given[i], isSubset, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"))),
        (JsonArray wanted, JsonArray given) => [$"{Here(path)}: expected {wanted.Count} elements, has {given.Count}: {Show(given)}"],
        _ => JsonNode.DeepEquals(expected, actual) ? [] : [$"{Here(path)}: expected {Show(expected)}, is {Show(actual)}"],
    };

    /// <summary>The first difference between a value and an expected part of it; null if the part is there.</summary>
    internal static string? Difference(JsonElement part, JsonElement? actual) =>
        Compare(ToNode(part), actual is { ValueKind: not JsonValueKind.Undefined } value ? ToNode(value) : null, isSubset: true).FirstOrDefault();

    private static JsonNode? ToNode(JsonElement value) => JsonNode.Parse(value.GetRawText());

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Here(string path) => path.Length == 0 ? "the value" : path;

    private static string Show(JsonNode? value) => value?.ToJsonString() is { } json ? json.Length <= 200 ? json : json[..199] + "…" : "null";
}

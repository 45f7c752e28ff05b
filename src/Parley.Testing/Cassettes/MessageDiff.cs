using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.Testing.Cassettes;

/// <summary>A member that is not as recorded.</summary>
/// <param name="Path">The member, in camelCase.</param>
/// <param name="Expected">What was recorded; null = no such member.</param>
/// <param name="Actual">What was sent; null = no such member.</param>
internal sealed record Difference(string Path, string? Expected, string? Actual)
{
    public override string ToString() => $"{Path}: expected {Expected ?? "no such member"}, was {Actual ?? "absent"}";
}

/// <summary>Compares messages member by member, as proto3 JSON: spelling of names, order of members and explicit nulls do not matter. Media is not compared.</summary>
/// <param name="symbols">Whether a symbol stands for a string.</param>
internal sealed partial class MessageDiff(Func<string, string, bool> symbols)
{
    private const int MaxShown = 120;

    internal List<Difference> Compare(JsonElement expected, JsonElement actual)
    {
        var differences = new List<Difference>();
        CompareValue(expected, actual, "", differences);
        return differences;
    }

    /// <summary>What a member belongs to.</summary>
    internal static CassetteMatch PartOf(string path) => path switch
    {
        _ when path == "setup" || path.StartsWith("setup.", StringComparison.Ordinal) => CassetteMatch.Setup,
        _ when ToolName().IsMatch(path) => CassetteMatch.ToolNames,
        _ when path.StartsWith("toolResponse.", StringComparison.Ordinal) => CassetteMatch.ToolResponses,
        _ when path == "text" || path.EndsWith(".text", StringComparison.Ordinal) => CassetteMatch.Text,
        _ => CassetteMatch.Others,
    };

    private void CompareValue(JsonElement expected, JsonElement actual, string path, List<Difference> differences)
    {
        switch (expected.ValueKind, actual.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                CompareObjects(expected, actual, path, differences);
                break;
            case (JsonValueKind.Array, JsonValueKind.Array):
                CompareArrays(expected, actual, path, differences);
                break;
            case (JsonValueKind.String, JsonValueKind.String):
                var (recorded, sent) = (expected.GetString()!, actual.GetString()!);
                if (!(SymbolTable.IsSymbol(recorded) ? symbols(recorded, sent) : SymbolTable.Unescape(recorded) == sent))
                    differences.Add(new Difference(path, Show(expected), Show(actual)));
                break;
            case (JsonValueKind.Number, JsonValueKind.Number):
                if (expected.GetRawText() != actual.GetRawText() && !(expected.TryGetDouble(out var first) && actual.TryGetDouble(out var second) && first.Equals(second)))
                    differences.Add(new Difference(path, Show(expected), Show(actual)));
                break;
            case var (before, after) when before != after:
                differences.Add(new Difference(path, Show(expected), Show(actual)));
                break;
        }
    }

    private void CompareObjects(JsonElement expected, JsonElement actual, string path, List<Difference> differences)
    {
        var (recorded, sent) = (Members(expected), Members(actual));
        var isMedia = recorded.ContainsKey("data") && recorded.ContainsKey("mimeType");
        foreach (var (name, value) in recorded)
        {
            if (isMedia && name == "data")
                continue;
            if (sent.TryGetValue(name, out var other))
                CompareValue(value, other, Join(path, name), differences);
            else
                differences.Add(new Difference(Join(path, name), Show(value), null));
        }
        foreach (var (name, value) in sent.Where(member => !recorded.ContainsKey(member.Key)))
            differences.Add(new Difference(Join(path, name), null, Show(value)));
    }

    private void CompareArrays(JsonElement expected, JsonElement actual, string path, List<Difference> differences)
    {
        var (recorded, sent) = (expected.GetArrayLength(), actual.GetArrayLength());
        for (var i = 0; i < Math.Max(recorded, sent); i++)
        {
            var element = $"{path}[{i}]";
            if (i >= sent)
                differences.Add(new Difference(element, Show(expected[i]), null));
            else if (i >= recorded)
                differences.Add(new Difference(element, null, Show(actual[i])));
            else
                CompareValue(expected[i], actual[i], element, differences);
        }
    }

    private static Dictionary<string, JsonElement> Members(JsonElement value)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null))
            members[JsonText.CamelCase(member.Name)] = member.Value;
        return members;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Show(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? $"\"{value.GetString()}\"" : value.GetRawText();
        return text.Length <= MaxShown ? text : text[..MaxShown] + "…";
    }

    [GeneratedRegex(@"\AtoolResponse\.functionResponses\[\d+\](\.(name|id))?\z")]
    private static partial Regex ToolName();
}

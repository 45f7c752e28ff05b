using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Parley.Protocol.Models;

/// <summary>Tests the conditions of rules on a setup as it goes on the wire.</summary>
internal static class RuleReader
{
    private const string Any = "[]";

    // A rule may come from any file: its expressions must not delay a connect.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Operators =
        ["present", "absent", "equal", "longerThan", "shorterThan", "notBelow", "unlike"];

    /// <exception cref="JsonException">The rule uses an operator that this version does not know.</exception>
    internal static void RequireKnown(SetupRule rule)
    {
        if (rule.When is not [_, ..])
            throw new JsonException($"The rule \"{rule.Reason}\" has no condition.");
        if (rule.When.FirstOrDefault(static condition => !Operators.Contains(condition.Is)) is { } unknown)
            throw new JsonException($"The rule \"{rule.Reason}\" uses the operator \"{unknown.Is}\"; known are {string.Join(", ", Operators)}.");
    }

    /// <summary>Paths in the setup at which all conditions of the rule hold.</summary>
    internal static IEnumerable<string> Matches(SetupRule rule, JsonObject setup)
    {
        var scopes = rule.Each is { } each ? Find(setup, each, "") : [("", setup)];
        foreach (var (at, scope) in scopes)
        {
            string? reported = null;
            var holds = rule.When.Count > 0;
            foreach (var condition in rule.When)
            {
                holds = Holds(condition, scope, at, out var path);
                reported ??= path;
                if (!holds)
                    break;
            }
            if (holds)
                yield return reported!;
        }
    }

    private static bool Holds(SetupCondition condition, JsonNode? scope, string at, out string path)
    {
        var found = Find(scope, condition.Path, at).ToList();
        path = found.Count > 0 ? found[0].Path : Join(at, condition.Path.Replace(Any, "", StringComparison.Ordinal));
        switch (condition.Is)
        {
            case "present":
                return found.Count > 0;
            case "absent":
                return found.Count == 0;
            default:
                foreach (var (reported, node) in found)
                {
                    path = reported;
                    if (Holds(condition, node, scope))
                        return true;
                }
                return false;
        }
    }

    private static bool Holds(SetupCondition condition, JsonNode? node, JsonNode? scope) => condition.Is switch
    {
        "equal" => Equal(node, condition.Value),
        "longerThan" => node is JsonArray list && list.Count > Number(condition.Value),
        "shorterThan" => node is JsonArray list && list.Count < Number(condition.Value),
        "notBelow" => Number(node) >= Find(scope, condition.Value?.GetString() ?? "", "").Select(other => Number(other.Node)).FirstOrDefault(double.NaN),
        _ => node is JsonValue text && !Regex.IsMatch(text.ToString(), condition.Value?.GetString() ?? "", RegexOptions.None, MatchTimeout),
    };

    private static IEnumerable<(string Path, JsonNode? Node)> Find(JsonNode? node, string path, string at)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? path : path[..dot];
        var any = name.EndsWith(Any, StringComparison.Ordinal);
        if (any)
            name = name[..^Any.Length];
        if (node is not JsonObject whole || !whole.TryGetPropertyValue(name, out var member))
            return [];
        var reported = Join(at, name);
        var members = any ? ((member as JsonArray) ?? []).Select((element, i) => ($"{reported}[{i}]", element)) : [(reported, member)];
        return dot < 0 ? members : members.SelectMany(found => Find(found.element, path[(dot + 1)..], found.Item1));
    }

    private static bool Equal(JsonNode? node, JsonElement? value) =>
        value is { } wanted && JsonNode.DeepEquals(node, JsonValue.Create(wanted));

    // 64-bit integers are strings on the wire.
    private static double Number(JsonNode? node) =>
        double.TryParse(node?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    private static double Number(JsonElement? value) => value?.GetDouble() ?? double.NaN;

    private static string Join(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";
}

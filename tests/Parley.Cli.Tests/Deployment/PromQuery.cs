using System.Text.RegularExpressions;

namespace Parley.Cli.Tests.Deployment;

/// <summary>The names in a PromQL expression: which time series it reads, with which labels.</summary>
internal sealed partial class PromQuery
{
    private static readonly HashSet<string> Words =
        ["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "bool", "offset", "inf", "nan"];

    internal PromQuery(string expression)
    {
        // Ranges, and Grafana's variables in them.
        var rest = Range().Replace(expression, "");
        foreach (Match selector in Selector().Matches(rest))
        {
            foreach (Match matcher in Matcher().Matches(selector.Groups["labels"].Value))
                Matchers.Add((selector.Groups["name"].Value, matcher.Groups["label"].Value, matcher.Groups["operator"].Value, matcher.Groups["value"].Value));
        }
        rest = Selector().Replace(rest, " ${name} ");
        foreach (Match grouping in Grouping().Matches(rest))
            Groupings.AddRange(grouping.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        rest = Strings().Replace(Grouping().Replace(rest, " "), " ");
        foreach (Match word in Identifier().Matches(rest))
        {
            if (!Words.Contains(word.Groups["name"].Value) && !word.Groups["call"].Success)
                Metrics.Add(word.Groups["name"].Value);
        }
    }

    internal HashSet<string> Metrics { get; } = new(StringComparer.Ordinal);

    internal List<(string Metric, string Label, string Operator, string Value)> Matchers { get; } = [];

    /// <summary>Labels of <c>by</c>, <c>on</c> and their like.</summary>
    internal List<string> Groupings { get; } = [];

    [GeneratedRegex(@"\[[^\]]*\]|\boffset\s+\d+[smhdwy]")]
    private static partial Regex Range();

    [GeneratedRegex("""(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{(?<labels>([^"}]|"[^"]*")*)\}""")]
    private static partial Regex Selector();

    [GeneratedRegex("""(?<label>[a-zA-Z_][a-zA-Z0-9_]*)\s*(?<operator>=~|!~|!=|=)\s*"(?<value>[^"]*)"\s*(,|$)""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Strings();

    [GeneratedRegex(@"(?<![\w.$])(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<call>\s*\()?")]
    private static partial Regex Identifier();
}

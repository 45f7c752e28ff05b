using System.Globalization;
using System.Text.RegularExpressions;
using Parley.Protocol.Internal;
using Parley.Testing.Evaluation.Measuring;

namespace Parley.Testing;

/// <summary>How a measure compares with a requirement.</summary>
public enum RequirementOutcome
{
    /// <summary>The value meets it.</summary>
    Met,

    /// <summary>The value does not meet it, but the interval reaches the limit: more calls would be needed to know.</summary>
    Undecided,

    /// <summary>The whole interval is on the wrong side of the limit.</summary>
    Failed,

    /// <summary>The calls had no case of the measure.</summary>
    NotMeasured,
}

/// <summary>
/// A limit of a measure: <c>response-rate>=0.95</c>, <c>response-latency.p90&lt;=2</c>. A latency without <c>.median</c> or <c>.p90</c> is the mean.
/// </summary>
public sealed partial class EvaluationRequirement
{
    private static readonly string[] Statistics = ["mean", "median", "p90"];

    private readonly string _text;

    private EvaluationRequirement(string text, string measure, string? statistic, bool isLeast, double limit) =>
        (_text, Measure, Statistic, IsLeast, Limit) = (text, measure, statistic, isLeast, limit);

    /// <summary>Name of the measure.</summary>
    public string Measure { get; }

    /// <summary><c>mean</c>, <c>median</c> or <c>p90</c> of a latency; null = the value of the measure.</summary>
    public string? Statistic { get; }

    /// <summary>Whether the limit is the least value (<c>&gt;=</c>); otherwise the largest (<c>&lt;=</c>).</summary>
    public bool IsLeast { get; }

    /// <summary>The limit, in the unit of the measure.</summary>
    public double Limit { get; }

    /// <summary>Reads a requirement.</summary>
    /// <param name="text">Name, <c>&gt;=</c> or <c>&lt;=</c>, and a number; a number may have <c>%</c> or <c>s</c> behind it.</param>
    /// <exception cref="FormatException">It is none; the message says what is allowed.</exception>
    public static EvaluationRequirement Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = Form().Match(text);
        if (!parts.Success)
            throw new FormatException($"'{text}' is not a requirement. Write a measure, >= or <=, and a number, such as response-rate>=0.95.");
        var (name, statistic) = (parts.Groups["name"].Value, parts.Groups["statistic"] is { Success: true, Value: var given } ? given : null);
        if (!Measures.Ids.Contains(name))
        {
            var nearest = Measures.Ids.MinBy(known => NearName.Distance(known, name));
            throw new FormatException($"There is no measure '{name}'. Known are {string.Join(", ", Measures.Ids)}. Did you mean '{nearest}'?");
        }
        if (statistic is not null && (!Statistics.Contains(statistic) || !name.EndsWith("-latency", StringComparison.Ordinal)))
            throw new FormatException($"'{name}' has no '{statistic}'. Latencies have mean, median and p90; other measures have one value.");
        var limit = double.Parse(parts.Groups["limit"].Value, CultureInfo.InvariantCulture);
        return new(text.Trim(), name, statistic, parts.Groups["sign"].Value == ">=", parts.Groups["unit"].Value == "%" ? limit / 100 : limit);
    }

    /// <summary>Compares the requirement with the measures of a report.</summary>
    /// <param name="report">The report.</param>
    public RequirementOutcome Check(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (EstimateIn(report) is not { } estimate)
            return RequirementOutcome.NotMeasured;
        if (IsLeast ? estimate.Value >= Limit : estimate.Value <= Limit)
            return RequirementOutcome.Met;
        return (IsLeast ? estimate.High < Limit : estimate.Low > Limit) ? RequirementOutcome.Failed : RequirementOutcome.Undecided;
    }

    /// <summary>The requirement as it was written.</summary>
    public override string ToString() => _text;

    internal EvaluationEstimate? EstimateIn(EvaluationReport report)
    {
        var measure = report[Measure];
        return Statistic switch
        {
            "median" => measure.Median,
            "p90" => measure.P90,
            _ => measure.Estimate,
        };
    }

    [GeneratedRegex(
        @"^\s*(?<name>[a-z-]+)(\.(?<statistic>[a-z0-9]+))?\s*(?<sign>>=|<=)\s*(?<limit>[0-9]+(\.[0-9]+)?)\s*(?<unit>%|s)?\s*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}

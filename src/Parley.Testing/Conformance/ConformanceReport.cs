using System.Globalization;
using Parley.Testing.Conformance.Reports;

namespace Parley.Testing;

/// <summary>Results of a conformance run.</summary>
public sealed class ConformanceReport
{
    internal ConformanceReport(string target, ConformanceProfile? profile, IReadOnlyList<ConformanceResult> results, TimeSpan duration)
    {
        (Target, Profile, Results, Duration) = (target, profile, results, duration);
        Areas = [.. results.GroupBy(static result => result.Check.Area).Select(static area => new ConformanceScore(area.Key, [.. area]))];
        Total = new ConformanceScore("total", results);
    }

    /// <summary>What was checked: the address of a server, or the command of a client.</summary>
    public string Target { get; }

    /// <summary>What the server was checked against; null for clients.</summary>
    public ConformanceProfile? Profile { get; }

    /// <summary>Each check with its result, area by area.</summary>
    public IReadOnlyList<ConformanceResult> Results { get; }

    /// <summary>Score of each area.</summary>
    public IReadOnlyList<ConformanceScore> Areas { get; }

    /// <summary>Score of all areas.</summary>
    public ConformanceScore Total { get; }

    /// <summary>How long the run took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Whether no check of the severity <see cref="ConformanceSeverity.Must"/> failed.</summary>
    public bool IsConformant => !Results.Any(static result => result is { Outcome: ConformanceOutcome.Failed, Check.Severity: ConformanceSeverity.Must });

    /// <summary>The failed checks.</summary>
    public IEnumerable<ConformanceResult> Failures => Results.Where(static result => result.Outcome == ConformanceOutcome.Failed);

    /// <summary>Writes the report.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="format">How.</param>
    public void Write(TextWriter writer, ConformanceFormat format = ConformanceFormat.Text)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (format)
        {
            case ConformanceFormat.Json:
                JsonReport.Write(this, writer);
                break;
            case ConformanceFormat.JUnit:
                JUnitReport.Write(this, writer);
                break;
            case ConformanceFormat.Markdown:
                MarkdownReport.Write(this, writer);
                break;
            default:
                TextReport.Write(this, writer);
                break;
        }
    }

    /// <summary>The report as text.</summary>
    public override string ToString()
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        Write(writer);
        return writer.ToString();
    }
}

/// <summary>How many checks of an area passed.</summary>
public sealed record ConformanceScore
{
    internal ConformanceScore(string area, IReadOnlyCollection<ConformanceResult> results)
    {
        Area = area;
        Passed = results.Count(static result => result.Outcome == ConformanceOutcome.Passed);
        Failed = results.Count(static result => result.Outcome == ConformanceOutcome.Failed);
        Skipped = results.Count(static result => result.Outcome == ConformanceOutcome.Skipped);
    }

    /// <summary>The area.</summary>
    public string Area { get; }

    /// <summary>Checks that passed.</summary>
    public int Passed { get; }

    /// <summary>Checks that failed.</summary>
    public int Failed { get; }

    /// <summary>Checks that said nothing.</summary>
    public int Skipped { get; }

    /// <summary>Passed checks in percent of those that passed or failed, rounded down; null if there are none.</summary>
    public int? Percent => Passed + Failed == 0 ? null : Passed * 100 / (Passed + Failed);

    internal string PercentText => Percent is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent} %") : "none";
}

/// <summary>Form of a conformance report.</summary>
public enum ConformanceFormat
{
    /// <summary>For a terminal: scores, and each failure with its frames.</summary>
    Text,

    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>JUnit XML, for build servers.</summary>
    JUnit,

    /// <summary>A table of scores and the failures, for a page or a pull request.</summary>
    Markdown,
}

using System.Globalization;

namespace Parley.Testing.Conformance.Reports;

/// <summary>A report for a terminal.</summary>
internal static class TextReport
{
    internal static void Write(ConformanceReport report, TextWriter writer)
    {
        foreach (var failure in report.Failures)
        {
            writer.WriteLine($"{(failure.Check.Severity == ConformanceSeverity.Must ? "FAILED" : "differs")} {failure.Check.Id}: {failure.Check.Description}");
            writer.WriteLine($"  {failure.Message}");
            foreach (var frame in failure.Frames)
                writer.WriteLine($"    {frame}");
            writer.WriteLine($"  docs/protocol.md {failure.Check.Section}: {failure.Check.Source}");
            writer.WriteLine();
        }
        foreach (var reason in report.Results.Where(static result => result.Outcome == ConformanceOutcome.Skipped).GroupBy(static result => result.Message))
            writer.WriteLine($"skipped {string.Join(", ", reason.Select(static result => result.Check.Id))}: {reason.Key}");
        var width = Math.Max("area".Length, report.Areas.Max(static area => area.Area.Length));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"area".PadRight(width)}  passed  failed  skipped  score"));
        foreach (var area in report.Areas.Append(report.Total))
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{area.Area.PadRight(width)}  {area.Passed,6}  {area.Failed,6}  {area.Skipped,7}  {area.PercentText,5}"));
        }
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Target} {(report.IsConformant ? "conforms" : "does not conform")}: {report.Results.Count} checks in {report.Duration.TotalSeconds:0.0} s"));
    }
}

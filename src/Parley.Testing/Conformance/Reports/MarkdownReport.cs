using System.Globalization;

namespace Parley.Testing.Conformance.Reports;

/// <summary>A report for a page: a table of scores, and the failures.</summary>
internal static class MarkdownReport
{
    internal static void Write(ConformanceReport report, TextWriter writer)
    {
        writer.WriteLine("| area | passed | failed | skipped | score |");
        writer.WriteLine("|---|---|---|---|---|");
        foreach (var area in report.Areas)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {area.Area} | {area.Passed} | {area.Failed} | {area.Skipped} | {area.PercentText} |"));
        var total = report.Total;
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| **total** | **{total.Passed}** | **{total.Failed}** | **{total.Skipped}** | **{total.PercentText}** |"));
        if (!report.Failures.Any())
            return;
        writer.WriteLine();
        writer.WriteLine("| failed | requirement | what happened |");
        writer.WriteLine("|---|---|---|");
        foreach (var failure in report.Failures)
            writer.WriteLine($"| [{failure.Check.Id}]({failure.Check.Source}) ({JsonReport.Name(failure.Check.Severity)}) | {Cell(failure.Check.Description)} | {Cell(failure.Message)} |");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}

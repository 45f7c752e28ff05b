using System.Globalization;

namespace Parley.Bench.Load;

/// <summary>The values of a run as one Markdown table.</summary>
internal static class ResultTable
{
    internal static void Print(Results results, TextWriter output)
    {
        output.WriteLine("| measured | unit | yardstick: best (median) | Parley: best (median) | ratio: best (median) |");
        output.WriteLine("|---|---|--:|--:|--:|");
        foreach (var metric in results.Metrics)
        {
            var (bestA, bestB) = (results.Best(metric, Target.Yardstick), results.Best(metric, Target.Parley));
            var (medianA, medianB) = (results.Median(metric, Target.Yardstick), results.Median(metric, Target.Parley));
            output.WriteLine(
                $"| {metric.Name} | {metric.Unit} | {Pair(bestA, medianA, Number)} | {Pair(bestB, medianB, Number)} | {Pair(bestB / bestA, medianB / medianA, Ratio)} |");
        }
    }

    private static string Pair(double? best, double? median, Func<double, string> format) =>
        best is { } b && median is { } m && double.IsFinite(b) && double.IsFinite(m) ? $"{format(b)} ({format(m)})" : "–";

    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(double value)
    {
        var size = Math.Abs(value);
        var format = size >= 1_000 ? "#,0" : size >= 100 ? "0" : size >= 10 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}

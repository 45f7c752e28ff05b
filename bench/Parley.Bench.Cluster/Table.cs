using System.Globalization;

namespace Parley.Bench.Cluster;

/// <summary>A Markdown table on standard output, and the formats of its numbers.</summary>
internal static class Table
{
    internal static void Head(params string[] names)
    {
        Row(names);
        Console.WriteLine($"|{string.Concat(names.Select((_, i) => i == 0 ? "---|" : "--:|"))}");
    }

    internal static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    internal static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "#,0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>The value below which the given share of the values lies.</summary>
    internal static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    internal static double Median(IEnumerable<double> values) => Percentile(values, 0.5);
}

using System.Globalization;

namespace Parley.Bench.Speech;

/// <summary>A Markdown table on standard output, and the formats of its numbers.</summary>
internal static class Table
{
    internal static void Head(params string[] names)
    {
        Row(names);
        Console.WriteLine($"|{string.Concat(names.Select((_, i) => i == 0 ? "---|" : "--:|"))}");
    }

    internal static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    internal static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    internal static string Number(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    internal static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    internal static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>The value below which the given share of the values lies; NaN without values.</summary>
    internal static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1 is var i and >= 0 ? i : 0)];
    }
}

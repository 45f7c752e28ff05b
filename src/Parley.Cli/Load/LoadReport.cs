using System.Globalization;
using Parley.Cli.Output;

namespace Parley.Cli.Load;

/// <summary>The result of a load, for people and for programs.</summary>
internal static class LoadReport
{
    internal static void Write(LoadOptions options, LoadResult result, LoadStatistics statistics, IReport report)
    {
        var profile = options.Profile.ToString().ToLowerInvariant();
        var seconds = result.Elapsed.TotalSeconds;
        report.Fact(
            "load",
            Text($"{statistics.SetUp:N0} of {options.Sessions:N0} sessions set up, {result.Active:N0} open at the end; {profile}, {seconds:0} s, {result.Sent / seconds:N0} messages/s sent, {result.Received / seconds:N0} received; this tool used {result.CpuPercent:0} % of a core"),
            ("sessions", options.Sessions), ("setUp", statistics.SetUp), ("active", result.Active), ("profile", profile), ("seconds", Math.Round(seconds, 1)),
            ("frameMs", options.Frame.TotalMilliseconds), ("sent", result.Sent), ("received", result.Received), ("cpuPercent", Math.Round(result.CpuPercent, 1)));
        report.Fact(
            "answers",
            Text($"{statistics.Asked:N0} questions, {statistics.Answered:N0} answers, {statistics.Unanswered:N0} without one in time, {statistics.Interrupted:N0} interrupted"),
            ("asked", statistics.Asked), ("answered", statistics.Answered), ("unanswered", statistics.Unanswered), ("interrupted", statistics.Interrupted),
            ("goAways", statistics.GoAways));
        report.Table(
            "latency", ["latency, ms", "count", "p50", "p90", "p99", "p99.9", "max"],
            [
                Row("setup", "setup", statistics.Setup), Row("firstAudio", "first audio of an answer", statistics.FirstAudio),
                Row("gap", "gaps in answers", statistics.Gaps), Row("lateness", "lateness of this tool", statistics.Lateness),
            ],
            "");
        var (closes, failures) = (statistics.Closes, statistics.Errors);
        report.Fact("closes", $"close codes: {List(closes)}", ("codes", closes));
        report.Fact("failures", $"failures: {List(failures)}", ("reasons", failures));
    }

    /// <summary>Why the load did not succeed; null if all sessions were set up and stayed open until the end.</summary>
    internal static string? Problem(LoadOptions options, LoadResult result, LoadStatistics statistics)
    {
        var lost = statistics.Closes.Where(static close => close.Key != 1000).Sum(static close => close.Value);
        var failed = statistics.Errors.Values.Sum();
        if (statistics.SetUp == options.Sessions && result.Active == options.Sessions && lost + failed == 0)
            return null;
        var reasons = statistics.Errors.Select(static error => $"{error.Key} ({error.Value})")
            .Concat(statistics.Closes.Where(static close => close.Key != 1000).Select(static close => $"closed with {close.Key} ({close.Value})"));
        return Text(
            $"{statistics.SetUp} of {options.Sessions} sessions were set up, {result.Active} were open at the end; {failed + lost} failed: {string.Join(", ", reasons.DefaultIfEmpty("the server closed with 1000"))}.");
    }

    private static TableRow Row(string name, string text, LatencyHistogram histogram)
    {
        double?[] values = [.. ((double[])[0.5, 0.9, 0.99, 0.999]).Select(share => Milliseconds(histogram.Quantile(share)))];
        var max = histogram.Count == 0 ? null : Milliseconds(histogram.Max);
        return new TableRow(
            [text, Text($"{histogram.Count:N0}"), .. values.Append(max).Select(static value => value is { } ms ? Text($"{ms:0.0}") : "-")],
            ("name", name), ("count", histogram.Count), ("p50Ms", values[0]), ("p90Ms", values[1]), ("p99Ms", values[2]), ("p999Ms", values[3]), ("maxMs", max));
    }

    private static string List<T>(SortedDictionary<T, int> sessions)
        where T : notnull =>
        sessions.Count == 0 ? "none" : string.Join(", ", sessions.Select(static pair => Text($"{pair.Key} ({pair.Value:N0})")));

    private static double? Milliseconds(TimeSpan? duration) => duration is { } some ? Math.Round(some.TotalMilliseconds, 2) : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

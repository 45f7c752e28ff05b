using System.Globalization;
using System.Text;

namespace Parley.Testing.Evaluation.Reports;

/// <summary>The report for people.</summary>
internal static class ReportMarkdown
{
    internal static string Of(EvaluationReport report, IReadOnlyList<EvaluationRequirement> requirements)
    {
        var text = new StringBuilder();
        var seconds = report.Calls.Sum(static call => call.Recording.Audio.Duration.TotalSeconds);
        Line(text, $"# Evaluation of {report.Target}");
        Line(text, $"");
        var model = report.Model is { } name ? $"Model `{name}`, " : "";
        Line(text, $"{model}{report.Calls.Count} calls, {seconds:0} s. Intervals are of 95 %: Wilson for rates, bootstrap for the rest.");
        Line(text, $"");
        WriteMeasures(text, report);
        if (requirements.Count > 0)
        {
            Line(text, $"");
            Line(text, $"| requirement | outcome |");
            Line(text, $"|---|---|");
            foreach (var requirement in requirements)
                Line(text, $"| `{requirement}` | {Name(requirement.Check(report))} |");
        }
        Line(text, $"");
        Line(text, $"## Calls");
        foreach (var call in report.Calls)
            WriteCall(text, call);
        return text.ToString();
    }

    /// <summary>The table of measures.</summary>
    internal static void WriteMeasures(StringBuilder text, EvaluationReport report)
    {
        Line(text, $"| measure | value | 95 % interval | median | p90 | cases | better |");
        Line(text, $"|---|---|---|---|---|---|---|");
        foreach (var measure in report.Measures)
        {
            var cases = measure.Events is { } events ? Text($"{events} of {measure.Count}") : Text($"{measure.Count}");
            var (median, p90) = (Value(measure, measure.Median?.Value), Value(measure, measure.P90?.Value));
            var better = measure.IsHigherBetter ? "higher" : "lower";
            var interval = measure.Estimate is { } some ? $"{Value(measure, some.Low)} to {Value(measure, some.High)}" : "-";
            Line(text, $"| {measure.Title} | {Value(measure, measure.Estimate?.Value)} | {interval} | {median} | {p90} | {cases} | {better} |");
        }
    }

    internal static string Value(EvaluationMeasure measure, double? value) => (measure.Unit, value) switch
    {
        (_, null) => "-",
        ("s", { } seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        ("share", { } share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %"),
        (_, { } number) => string.Create(CultureInfo.InvariantCulture, $"{number:0.00}"),
    };

    internal static string Name(RequirementOutcome outcome) => outcome switch
    {
        RequirementOutcome.Met => "met",
        RequirementOutcome.Undecided => "undecided",
        RequirementOutcome.Failed => "failed",
        _ => "not measured",
    };

    private static void WriteCall(StringBuilder text, EvaluatedCall call)
    {
        Line(text, $"");
        Line(text, $"### {call.Name}");
        Line(text, $"");
        if (call.Recording.Failure is { } failure)
        {
            Line(text, $"The call ended early: {failure}");
            Line(text, $"");
        }
        Line(text, $"![Timeline of {call.Name}]({Uri.EscapeDataString(call.Name)}.svg)");
        Line(text, $"");
        Line(text, $"| time | user | said | understood | agent |");
        Line(text, $"|---|---|---|---|---|");
        foreach (var one in call.Utterances)
        {
            var (start, end) = (one.Segment.Start.TotalSeconds, one.Segment.End.TotalSeconds);
            Line(text, $"| {start:0.00} to {end:0.00} s | {Name(one.Kind)} | {Cell(one.Words)} | {Cell(one.Transcript)} | {Result(one)} |");
        }
    }

    internal static string Name(UtteranceKind kind) => kind switch
    {
        UtteranceKind.SpeechToOthers => "speech to others",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>What the agent made of an utterance, in words.</summary>
    internal static string Result(EvaluatedUtterance one)
    {
        var parts = new List<string>();
        if (one.IsYielded is { } yielded)
            parts.Add(yielded ? Text($"yielded after {one.YieldLatency!.Value.TotalSeconds:0.00} s") : "did not yield");
        if (one.ResponseLatency is { } latency)
            parts.Add(Text($"answered after {latency.TotalSeconds:0.00} s"));
        else if (one.IsTurn)
            parts.Add(one.IsAnswered is null ? "spoke at its end" : "did not answer");
        if (one.AgentInterruptions > 0)
            parts.Add(Text($"began to speak during it {one.AgentInterruptions} x"));
        if (one.IsIgnored is { } ignored)
            parts.Add((ignored, one.IsOverAgent) switch { (true, true) => "went on", (true, false) => "stayed silent", (false, true) => "stopped", _ => "answered" });
        return string.Join(", ", parts);
    }

    private static string Cell(string? text) => text is null ? "" : text.Replace('|', '/').ReplaceLineEndings(" ");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(Text(line)).Append('\n');
}

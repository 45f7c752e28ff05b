using System.Globalization;
using Parley.Cli.Output;
using Parley.Testing;
using Parley.Testing.Evaluation.Reports;

namespace Parley.Cli.Evaluating;

/// <summary>The result of an evaluation, for people and for programs.</summary>
internal static class EvaluationSummary
{
    /// <summary>Reports a call when it is over.</summary>
    internal static void WriteCall(EvaluatedCall call, int done, int calls, IReport report)
    {
        var (turns, answered) = (call.Utterances.Count(static one => one.IsAnswered is not null), call.Utterances.Count(static one => one.IsAnswered == true));
        var seconds = call.Recording.Audio.Duration.TotalSeconds;
        var failure = call.Recording.Failure is { } why ? $"; ended early: {why}" : "";
        report.Fact(
            "call", Text($"{done} of {calls}: {call.Name}, {seconds:0} s, {answered} of {turns} turns answered{failure}"),
            ("name", call.Name), ("seconds", Math.Round(seconds, 2)), ("turns", turns), ("answered", answered), ("failure", call.Recording.Failure),
            ("latenessMs", Math.Round(call.Recording.Lateness.TotalMilliseconds, 1)));
    }

    internal static void Write(EvaluationReport result, IReadOnlyList<EvaluationRequirement> requirements, IReport report)
    {
        report.Table(
            "measure", ["measure", "value", "95 % interval", "median", "p90", "cases"],
            [.. result.Measures.Select(static measure => new TableRow(
                [
                    measure.Id, ReportMarkdown.Value(measure, measure.Estimate?.Value),
                    measure.Estimate is { } some ? $"{ReportMarkdown.Value(measure, some.Low)} to {ReportMarkdown.Value(measure, some.High)}" : "-",
                    ReportMarkdown.Value(measure, measure.Median?.Value), ReportMarkdown.Value(measure, measure.P90?.Value),
                    measure.Events is { } events ? Text($"{events} of {measure.Count}") : Text($"{measure.Count}"),
                ],
                ("id", measure.Id), ("unit", measure.Unit), ("count", measure.Count), ("events", measure.Events), ("value", Round(measure.Estimate?.Value)),
                ("low", Round(measure.Estimate?.Low)), ("high", Round(measure.Estimate?.High)),
                ("median", Round(measure.Median?.Value)), ("p90", Round(measure.P90?.Value))))],
            "");
        foreach (var requirement in requirements)
        {
            var outcome = requirement.Check(result);
            report.Fact("requirement", $"{requirement}: {Name(outcome)}", ("text", requirement.ToString()), ("outcome", outcome.ToString().ToLowerInvariant()));
        }
        if (result.Calls.Max(static call => call.Recording.Lateness) is { TotalMilliseconds: > 100 } late)
            report.Note(Text($"This machine was late by up to {late.TotalMilliseconds:0} ms in sending audio; latencies may be too long. Lower --parallel."));
    }

    /// <summary>Why the evaluation did not succeed; null if it did.</summary>
    internal static string? Problem(EvaluationReport result, IReadOnlyList<EvaluationRequirement> requirements)
    {
        string[] missed =
        [
            .. requirements.Where(one => one.Check(result) is RequirementOutcome.Failed).Select(static one => $"{one} is not met"),
            .. requirements.Where(one => one.Check(result) is RequirementOutcome.NotMeasured).Select(static one => $"{one} has no cases"),
            .. result.Calls.Where(static call => call.Recording.Failure is not null).Select(static call => $"{call.Name} ended early: {call.Recording.Failure}"),
        ];
        return missed.Length == 0 ? null : $"{string.Join("; ", missed)}.";
    }

    private static string Name(RequirementOutcome outcome) => outcome switch
    {
        RequirementOutcome.Met => "met",
        RequirementOutcome.Undecided => "not met, but within the interval",
        RequirementOutcome.Failed => "failed",
        _ => "no cases",
    };

    private static double? Round(double? value) => value is { } some ? Math.Round(some, 4) : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

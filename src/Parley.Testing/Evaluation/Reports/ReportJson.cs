using System.Text.Json;

namespace Parley.Testing.Evaluation.Reports;

/// <summary>The report for programs. Times are in seconds.</summary>
internal sealed record ReportJson
{
    public required string Target { get; init; }

    public string? Model { get; init; }

    public required IReadOnlyList<MeasureJson> Measures { get; init; }

    public required IReadOnlyList<RequirementJson> Requirements { get; init; }

    public required IReadOnlyList<CallJson> Calls { get; init; }

    internal static string Of(EvaluationReport report, IReadOnlyList<EvaluationRequirement> requirements) => JsonSerializer.Serialize(
        new ReportJson
        {
            Target = report.Target,
            Model = report.Model,
            Measures = [.. report.Measures.Select(MeasureJson.Of)],
            Requirements = [.. requirements.Select(one => new RequirementJson(one.ToString(), one.Check(report)))],
            Calls = [.. report.Calls.Select(CallJson.Of)],
        },
        EvaluationJson.Default.ReportJson);

    internal static double[] Times(SpeechSegment segment) => [RecordingJson.Seconds(segment.Start), RecordingJson.Seconds(segment.End)];

    internal static double? Seconds(TimeSpan? time) => time is { } some ? RecordingJson.Seconds(some) : null;
}

internal sealed record RequirementJson(string Text, RequirementOutcome Outcome);

internal sealed record EstimateJson(double Value, double Low, double High)
{
    internal static EstimateJson? Of(EvaluationEstimate? estimate) =>
        estimate is { } some ? new(Math.Round(some.Value, 4), Math.Round(some.Low, 4), Math.Round(some.High, 4)) : null;
}

internal sealed record MeasureJson
{
    public required string Id { get; init; }

    public required string Unit { get; init; }

    public required int Count { get; init; }

    public int? Events { get; init; }

    public EstimateJson? Estimate { get; init; }

    public EstimateJson? Median { get; init; }

    public EstimateJson? P90 { get; init; }

    internal static MeasureJson Of(EvaluationMeasure measure) => new()
    {
        Id = measure.Id, Unit = measure.Unit, Count = measure.Count, Events = measure.Events,
        Estimate = EstimateJson.Of(measure.Estimate), Median = EstimateJson.Of(measure.Median), P90 = EstimateJson.Of(measure.P90),
    };
}

internal sealed record CallJson
{
    public required string Name { get; init; }

    public required double Duration { get; init; }

    public required double Lateness { get; init; }

    public string? Failure { get; init; }

    public required IReadOnlyList<EvaluatedJson> Utterances { get; init; }

    public required IReadOnlyList<double[]> Agent { get; init; }

    internal static CallJson Of(EvaluatedCall call) => new()
    {
        Name = call.Name,
        Duration = RecordingJson.Seconds(call.Recording.Audio.Duration),
        Lateness = RecordingJson.Seconds(call.Recording.Lateness),
        Failure = call.Recording.Failure,
        Utterances = [.. call.Utterances.Select(EvaluatedJson.Of)],
        Agent = [.. call.Agent.Select(ReportJson.Times)],
    };
}

internal sealed record EvaluatedJson
{
    public required UtteranceKind Kind { get; init; }

    public required double[] At { get; init; }

    public string? Words { get; init; }

    public string? Transcript { get; init; }

    public bool OverAgent { get; init; }

    public bool? Answered { get; init; }

    public double? ResponseLatency { get; init; }

    public bool? Yielded { get; init; }

    public double? YieldLatency { get; init; }

    public int AgentInterruptions { get; init; }

    public bool? Ignored { get; init; }

    public double? Repetition { get; init; }

    internal static EvaluatedJson Of(EvaluatedUtterance one) => new()
    {
        Kind = one.Kind, At = ReportJson.Times(one.Segment), Words = one.Words, Transcript = one.Transcript, OverAgent = one.IsOverAgent, Answered = one.IsAnswered,
        ResponseLatency = ReportJson.Seconds(one.ResponseLatency), Yielded = one.IsYielded, YieldLatency = ReportJson.Seconds(one.YieldLatency),
        AgentInterruptions = one.AgentInterruptions, Ignored = one.IsIgnored, Repetition = one.Repetition is { } share ? Math.Round(share, 4) : null,
    };
}

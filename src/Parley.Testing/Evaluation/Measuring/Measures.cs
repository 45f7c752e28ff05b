namespace Parley.Testing.Evaluation.Measuring;

/// <summary>The measures over the utterances of all calls.</summary>
internal static class Measures
{
    /// <summary>Names of measures, in the order of the report.</summary>
    internal static readonly string[] Ids =
    [
        "response-latency", "yield-latency", "response-rate", "yield-rate", "agent-interruptions", "selectivity-backchannel", "selectivity-noise",
        "selectivity-others", "word-error-rate", "repetition",
    ];

    internal static IReadOnlyList<EvaluationMeasure> Of(IEnumerable<EvaluatedCall> calls)
    {
        var all = calls.SelectMany(static call => call.Utterances).ToList();
        var turns = all.FindAll(static one => one.IsTurn);
        var interruptions = all.FindAll(static one => one.Kind == UtteranceKind.Interruption);
        var answerable = turns.FindAll(static one => one.IsAnswered is not null);
        var (errors, repetitions) = (turns.Select(static one => one.WordErrors).OfType<(int Errors, int Words)>().ToList(), Values(all, static one => one.Repetition));
        double[] starts = [.. turns.Select(static one => (double)one.AgentInterruptions)];
        return
        [
            Latency("response-latency", "Response latency", Values(turns, static one => one.ResponseLatency?.TotalSeconds)),
            Latency("yield-latency", "Yield latency", Values(interruptions, static one => one.YieldLatency?.TotalSeconds)),
            Rate("response-rate", "Response rate", answerable.Count(static one => one.IsAnswered == true), answerable.Count),
            Rate("yield-rate", "Yield rate", interruptions.Count(static one => one.IsYielded == true), interruptions.Count),
            new()
            {
                Id = "agent-interruptions", Title = "Agent interruptions", Unit = "per turn", IsHigherBetter = false, Count = starts.Length, Events = (int)starts.Sum(),
                Estimate = Statistics.Bootstrap(starts, Statistics.Mean),
            },
            Selectivity("selectivity-backchannel", "Selectivity, backchannels", UtteranceKind.Backchannel, all),
            Selectivity("selectivity-noise", "Selectivity, vocal noise", UtteranceKind.Noise, all),
            Selectivity("selectivity-others", "Selectivity, speech to others", UtteranceKind.SpeechToOthers, all),
            new()
            {
                Id = "word-error-rate", Title = "Word error rate", Unit = "share", IsHigherBetter = false,
                Count = errors.Sum(static one => one.Words), Events = errors.Sum(static one => one.Errors),
                Estimate = Statistics.Bootstrap(errors, static sample => (double)sample.Sum(static one => one.Errors) / sample.Sum(static one => one.Words)),
            },
            new()
            {
                Id = "repetition", Title = "Repetition after an interruption", Unit = "share", IsHigherBetter = false, Count = repetitions.Count,
                Estimate = Statistics.Bootstrap(repetitions, Statistics.Mean),
            },
        ];
    }

    private static List<double> Values(IEnumerable<EvaluatedUtterance> utterances, Func<EvaluatedUtterance, double?> value) =>
        [.. utterances.Select(value).OfType<double>()];

    private static EvaluationMeasure Latency(string id, string title, List<double> seconds) => new()
    {
        Id = id, Title = title, Unit = "s", IsHigherBetter = false, Count = seconds.Count,
        Estimate = Statistics.Bootstrap(seconds, Statistics.Mean),
        Median = Statistics.Bootstrap(seconds, static sample => Statistics.QuantileOf(sample, 0.5)),
        P90 = Statistics.Bootstrap(seconds, static sample => Statistics.QuantileOf(sample, 0.9)),
    };

    private static EvaluationMeasure Rate(string id, string title, int events, int count) => new()
    {
        Id = id, Title = title, Unit = "share", IsHigherBetter = true, Count = count, Events = events, Estimate = Statistics.Rate(events, count),
    };

    private static EvaluationMeasure Selectivity(string id, string title, UtteranceKind kind, List<EvaluatedUtterance> all) =>
        Rate(id, title, all.Count(one => one.Kind == kind && one.IsIgnored == true), all.Count(one => one.Kind == kind));
}

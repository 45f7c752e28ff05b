using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Parley.Cascade.Metrics;

/// <summary>
/// Reports each turn once: one log line, with every time in milliseconds after the end of speech, and the metrics <c>parley.turn.*</c> of
/// the meter <see cref="CascadeTelemetry.Name"/>.
/// </summary>
internal sealed partial class TurnMetricsReporter
{
    private static readonly double[] Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];

    private readonly ILogger _logger;
    private readonly Histogram<double>[] _histograms;
    private readonly Counter<long> _turns;
    private readonly Counter<long> _speculations;

    internal TurnMetricsReporter(ILogger logger, IMeterFactory? meters)
    {
        _logger = logger;
        var options = new MeterOptions(CascadeTelemetry.Name);
        var meter = meters?.Create(options) ?? new Meter(options);
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets };
        _histograms = [.. TurnMarks.All.Select(mark =>
            meter.CreateHistogram($"parley.turn.{mark}", "s", $"Time from the end of speech to {mark} of a turn.", tags: null, advice))];
        _turns = meter.CreateCounter<long>("parley.turn.count", "{turn}", "Turns, by outcome.");
        _speculations = meter.CreateCounter<long>("parley.speculation.count", "{answer}", "Answers prepared in a pause, by outcome.");
    }

    internal void Report(string sessionId, int number, TurnMetrics turn, string outcome)
    {
        var tag = new KeyValuePair<string, object?>("parley.outcome", outcome);
        _turns.Add(1, tag);
        for (var mark = TurnMark.EndDecided; mark <= TurnMark.SilenceReached; mark++)
        {
            if (turn.Since(mark) is { } since)
                _histograms[(int)mark].Record(since.TotalSeconds, tag);
        }
        if (!_logger.IsEnabled(LogLevel.Information))
            return;
        Log.Turn(
            _logger, number, sessionId, outcome,
            Milliseconds(TurnMark.EndDecided), Milliseconds(TurnMark.FinalTranscript), Milliseconds(TurnMark.FirstToken),
            Milliseconds(TurnMark.FirstSentence), Milliseconds(TurnMark.FirstAudio), Milliseconds(TurnMark.FirstAudible),
            Milliseconds(TurnMark.TurnComplete), Milliseconds(TurnMark.InterruptedAt), Milliseconds(TurnMark.SilenceReached));

        double? Milliseconds(TurnMark mark) => turn.Since(mark) is { } since ? Math.Round(since.TotalMilliseconds, 1) : null;
    }

    /// <summary>Counts an answer that was prepared in a pause; see <see cref="Speculations"/>.</summary>
    internal void Speculated(string outcome) => _speculations.Add(1, new KeyValuePair<string, object?>("parley.outcome", outcome));

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.TurnEnded,
            LogLevel.Information,
            "Turn {Turn} of session {SessionId} {outcome}; ms after the end of speech: end_decided {end_decided}, "
            + "final_transcript {final_transcript}, first_token {first_token}, first_sentence {first_sentence}, first_audio {first_audio}, "
            + "first_audible {first_audible}, turn_complete {turn_complete}, interrupted_at {interrupted_at}, silence_reached {silence_reached}")]
#pragma warning disable IDE1006, CA1707 // The names of TurnMarks, as in the metrics.
        public static partial void Turn(
            ILogger logger, int turn, string sessionId, string outcome, double? end_decided, double? final_transcript, double? first_token,
            double? first_sentence, double? first_audio, double? first_audible, double? turn_complete, double? interrupted_at, double? silence_reached);
#pragma warning restore IDE1006, CA1707
    }
}

using System.Diagnostics.Metrics;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Telemetry;

/// <summary>The metrics of the server. What is counted for every message is in <see cref="Messages"/>; everything else is recorded a few times per turn at most.</summary>
internal sealed class LiveMetrics
{
    private static readonly double[] Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] SessionSeconds = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400];

    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _sessionDuration, _requestDuration, _firstToken, _rotationDuration;
    private readonly Histogram<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly KeyValuePair<string, object?> _currency;
    private readonly Counter<long> _closes, _resumes, _moved, _saves, _refusals, _drops, _rotations, _checks, _checksFailed;

    /// <param name="meters">Creates the meter.</param>
    /// <param name="currency">Currency of costs; null = there are none.</param>
    public LiveMetrics(IMeterFactory meters, string? currency = null)
    {
        _currency = new(TelemetryNames.Currency, currency);
        Currency = currency;
        Meter = meters.Create(LiveTelemetry.Name);
        Messages = new MessageCounters(Meter);
        _active = Meter.CreateUpDownCounter<long>(TelemetryNames.SessionsActive, "{session}", "Sessions with a connection");
        _sessionDuration = Histogram(TelemetryNames.SessionDuration, "Connected time of sessions", SessionSeconds);
        _closes = Meter.CreateCounter<long>(TelemetryNames.Closes, "{session}", "Ended sessions by close code and cause");
        _resumes = Meter.CreateCounter<long>(TelemetryNames.Resumes, "{attempt}", "Resumptions by clients, by outcome");
        _moved = Meter.CreateCounter<long>(TelemetryNames.SessionsMoved, "{session}", "Sessions that continued on another node");
        _saves = Meter.CreateCounter<long>(TelemetryNames.Saves, "{save}", "Saves of session states, by outcome");
        _refusals = Meter.CreateCounter<long>(TelemetryNames.Refusals, "{refusal}", "Refused connections and messages by close code or HTTP status");
        _drops = Meter.CreateCounter<long>(TelemetryNames.Drops, "{message}", "Messages dropped, by place");
        _checks = Meter.CreateCounter<long>(TelemetryNames.Checks, "{text}", "Checked texts, by check and verdict");
        _checksFailed = Meter.CreateCounter<long>(TelemetryNames.ChecksFailed, "{text}", "Texts that a check did not decide about, by check and cause");
        Held = Meter.CreateUpDownCounter<long>(TelemetryNames.Held, "By", "Bytes held for upstream connections during rotation");
        _rotations = Meter.CreateCounter<long>(TelemetryNames.Rotations, "{rotation}", "Rotations of upstream connections by cause and outcome");
        _rotationDuration = Histogram(TelemetryNames.RotationDuration, "Time without an upstream", Seconds);
        _tokens = Meter.CreateHistogram<long>(TelemetryNames.TokenUsage, "{token}", "Tokens by type and modality", advice: new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
        });
        _cost = Meter.CreateCounter<double>(TelemetryNames.CostTotal, description: "Cost of usage, by model, in the currency of the price table");
        _requestDuration = Histogram(TelemetryNames.RequestDuration, "Time from the first output of a turn to its end", Seconds);
        _firstToken = Histogram(TelemetryNames.TimeToFirstToken, "Time from input that asks for an answer to the first output", Seconds);
    }

    /// <summary>Currency of costs; null = there are none.</summary>
    internal string? Currency { get; }

    /// <summary>For instruments of other components.</summary>
    internal Meter Meter { get; }

    internal MessageCounters Messages { get; }

    internal UpDownCounter<long> Held { get; }

    /// <summary>Registers the gauge of upstreams that are cooling down.</summary>
    internal void ObserveCoolingDown(Func<int> count) => Meter.CreateObservableGauge(TelemetryNames.UpstreamsCoolingDown, count, "{upstream}", "Upstreams cooling down after a failure");

    internal void SessionStarted(bool isRelayed) => _active.Add(1, Backend(isRelayed));

    internal void SessionEnded(bool isRelayed, TimeSpan duration, int code, string cause)
    {
        _active.Add(-1, Backend(isRelayed));
        _sessionDuration.Record(duration.TotalSeconds, Backend(isRelayed));
        _closes.Add(1, Backend(isRelayed), new(TelemetryNames.CloseCode, CloseCodes.Bounded(code)), new(TelemetryNames.Cause, cause));
    }

    /// <summary>Counts a resumption by a client.</summary>
    /// <param name="outcome"><c>resumed</c>.</param>
    internal void Resumed(string outcome) => _resumes.Add(1, new KeyValuePair<string, object?>(TelemetryNames.Outcome, outcome));

    /// <summary>Counts a session whose connection here is closed, because it continues on another node.</summary>
    internal void SessionMoved() => _moved.Add(1);

    /// <summary>Counts a save of the state of a session.</summary>
    /// <param name="outcome"><c>saved</c>, <c>superseded</c> (another connection has claimed the session) or <c>failed</c>.</param>
    internal void SavedState(string outcome) => _saves.Add(1, new KeyValuePair<string, object?>(TelemetryNames.Outcome, outcome));

    /// <summary>Counts an upgrade refused with an HTTP status.</summary>
    internal void RefusedAtHttp(int status) => _refusals.Add(1, new KeyValuePair<string, object?>(TelemetryNames.HttpStatus, status));

    internal void Refused(int code) => _refusals.Add(1, new KeyValuePair<string, object?>(TelemetryNames.CloseCode, CloseCodes.Bounded(code)));

    internal void Dropped(string place, int messages) => _drops.Add(messages, new KeyValuePair<string, object?>(TelemetryNames.Where, place));

    internal void Checked(string check, string verdict) => _checks.Add(1, new(TelemetryNames.Check, check), new(TelemetryNames.Outcome, verdict));

    internal void CheckFailed(string check, string cause) => _checksFailed.Add(1, new(TelemetryNames.Check, check), new(TelemetryNames.Cause, cause));

    internal void Rotated(string cause, string outcome, TimeSpan duration)
    {
        KeyValuePair<string, object?> why = new(TelemetryNames.Cause, cause), how = new(TelemetryNames.Outcome, outcome);
        _rotations.Add(1, why, how);
        _rotationDuration.Record(duration.TotalSeconds, why, how);
    }

    /// <param name="usage">The counts of one message.</param>
    /// <param name="isRelayed">Whether an upstream answered.</param>
    /// <param name="model">Name of the model; one of few, because each creates a time series.</param>
    internal void Used(UsageMetadata usage, bool isRelayed, string model)
    {
        Record("input", usage.PromptTokenCount, usage.PromptTokensDetails);
        Record("output", usage.ResponseTokenCount ?? usage.CandidatesTokenCount, usage.ResponseTokensDetails ?? usage.CandidatesTokensDetails);

        // Tokens without a modality are counted as unknown, so that the sum over the modalities is the total.
        void Record(string type, int? all, IReadOnlyList<ModalityTokenCount>? details)
        {
            var rest = all ?? 0;
            foreach (var detail in details ?? [])
            {
                var count = detail.TokenCount ?? 0;
                rest -= count;
                Add(type, Known(detail.Modality), count);
            }
            Add(type, "unknown", rest);
        }

        void Add(string type, string modality, int count)
        {
            if (count > 0)
                _tokens.Record(count, Backend(isRelayed), new(TelemetryNames.Model, model), new(TelemetryNames.TokenType, type), new(TelemetryNames.Modality, modality));
        }
    }

    /// <summary>Adds the cost of one record of usage.</summary>
    internal void Costs(decimal cost, bool isRelayed, string model) => _cost.Add((double)cost, Backend(isRelayed), new(TelemetryNames.Model, model), _currency);

    internal void TurnEnded(bool isRelayed, string outcome, TimeSpan duration) =>
        _requestDuration.Record(duration.TotalSeconds, Backend(isRelayed), new(TelemetryNames.Outcome, outcome));

    internal void FirstOutput(bool isRelayed, TimeSpan after) => _firstToken.Record(after.TotalSeconds, Backend(isRelayed));

    private static string Known(Modality? modality) => modality?.Value switch
    {
        "TEXT" => "text",
        "AUDIO" => "audio",
        "IMAGE" => "image",
        "VIDEO" => "video",
        "DOCUMENT" => "document",
        _ => "unknown",
    };

    private static KeyValuePair<string, object?> Backend(bool isRelayed) => new(TelemetryNames.Backend, isRelayed ? "relay" : "local");

    private Histogram<double> Histogram(string name, string description, double[] buckets) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
}

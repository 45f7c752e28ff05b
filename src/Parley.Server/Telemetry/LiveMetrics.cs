using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Parley.Server;

/// <summary>The instruments of the server. What happens for every frame is in <see cref="Frames"/>; all else happens a few times a turn at most.</summary>
internal sealed class LiveMetrics
{
    private static readonly double[] Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] SessionSeconds = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400];

    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _sessionDuration, _requestDuration, _firstToken, _rotationDuration;
    private readonly Histogram<long> _tokens;
    private readonly Counter<long> _closes, _resumes, _refusals, _drops, _rotations;

    public LiveMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(LiveTelemetry.Name);
        Frames = new FrameCounters(Meter);
        _active = Meter.CreateUpDownCounter<long>(TelemetryNames.SessionsActive, "{session}", "Sessions with a connection");
        _sessionDuration = Histogram(TelemetryNames.SessionDuration, "Time sessions were connected", SessionSeconds);
        _closes = Meter.CreateCounter<long>(TelemetryNames.Closes, "{session}", "Ends of sessions by close code and cause");
        _resumes = Meter.CreateCounter<long>(TelemetryNames.Resumes, "{attempt}", "Resumptions by clients, by outcome");
        _refusals = Meter.CreateCounter<long>(TelemetryNames.Refusals, "{refusal}", "Refused connections and messages by close code");
        _drops = Meter.CreateCounter<long>(TelemetryNames.Drops, "{frame}", "Frames dropped, by place");
        Held = Meter.CreateUpDownCounter<long>(TelemetryNames.Held, "By", "Bytes held for upstreams that are being replaced");
        _rotations = Meter.CreateCounter<long>(TelemetryNames.Rotations, "{rotation}", "Replaced upstream connections by cause and outcome");
        _rotationDuration = Histogram(TelemetryNames.RotationDuration, "Time without an upstream", Seconds);
        _tokens = Meter.CreateHistogram<long>(TelemetryNames.TokenUsage, "{token}", "Tokens by type and modality", advice: new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
        });
        _requestDuration = Histogram(TelemetryNames.RequestDuration, "Time from the first output of a turn to its end", Seconds);
        _firstToken = Histogram(TelemetryNames.TimeToFirstToken, "Time from input that asks for an answer to the first output", Seconds);
    }

    /// <summary>For instruments of other parts of the server.</summary>
    internal Meter Meter { get; }

    internal FrameCounters Frames { get; }

    internal UpDownCounter<long> Held { get; }

    internal void SessionStarted(bool isRelayed) => _active.Add(1, Backend(isRelayed));

    internal void SessionEnded(bool isRelayed, TimeSpan duration, int code, string cause)
    {
        _active.Add(-1, Backend(isRelayed));
        _sessionDuration.Record(duration.TotalSeconds, Backend(isRelayed));
        _closes.Add(1, Backend(isRelayed), new(TelemetryNames.CloseCode, code), new(TelemetryNames.Cause, cause));
    }

    /// <summary>A client showed a handle.</summary>
    /// <param name="outcome">resumed, or why not: invalid, expired.</param>
    internal void Resumed(string outcome) => _resumes.Add(1, new KeyValuePair<string, object?>(TelemetryNames.Outcome, outcome));

    internal void Refused(int code) => _refusals.Add(1, new KeyValuePair<string, object?>(TelemetryNames.CloseCode, code));

    internal void Dropped(string where, int frames) => _drops.Add(frames, new KeyValuePair<string, object?>(TelemetryNames.Where, where));

    internal void Rotated(string cause, string outcome, TimeSpan duration)
    {
        KeyValuePair<string, object?> why = new(TelemetryNames.Cause, cause), how = new(TelemetryNames.Outcome, outcome);
        _rotations.Add(1, why, how);
        _rotationDuration.Record(duration.TotalSeconds, why, how);
    }

    internal void Used(in TokenUsage usage, bool isRelayed, string model)
    {
        var tags = new TagList { Backend(isRelayed), { TelemetryNames.Model, model } };
        Record("input", "text", usage.PromptByModality.Text);
        Record("input", "audio", usage.PromptByModality.Audio);
        Record("input", "image", usage.PromptByModality.Image);
        Record("input", "video", usage.PromptByModality.Video);
        Record("input", "other", usage.Prompt - Sum(usage.PromptByModality) + usage.PromptByModality.Other);
        Record("output", "text", usage.ResponseByModality.Text);
        Record("output", "audio", usage.ResponseByModality.Audio);
        Record("output", "image", usage.ResponseByModality.Image);
        Record("output", "video", usage.ResponseByModality.Video);
        Record("output", "other", usage.Response - Sum(usage.ResponseByModality) + usage.ResponseByModality.Other);

        void Record(string type, string modality, int count)
        {
            if (count <= 0)
                return;
            var all = tags;
            all.Add(TelemetryNames.TokenType, type);
            all.Add(TelemetryNames.Modality, modality);
            _tokens.Record(count, all);
        }
    }

    internal void TurnEnded(bool isRelayed, string outcome, TimeSpan duration) =>
        _requestDuration.Record(duration.TotalSeconds, Backend(isRelayed), new(TelemetryNames.Outcome, outcome));

    internal void FirstOutput(bool isRelayed, TimeSpan after) => _firstToken.Record(after.TotalSeconds, Backend(isRelayed));

    private static int Sum(ModalityTokens tokens) => tokens.Text + tokens.Audio + tokens.Image + tokens.Video + tokens.Other;

    private static KeyValuePair<string, object?> Backend(bool isRelayed) => new(TelemetryNames.Backend, isRelayed ? "relay" : "local");

    private Histogram<double> Histogram(string name, string description, double[] buckets) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
}

using System.Diagnostics.Metrics;

namespace Parley.Phone.Telemetry;

/// <summary>The metrics of calls: recorded a few times a call, and once a turn.</summary>
internal sealed class PhoneMetrics
{
    internal const string Active = "parley.phone.calls.active", Calls = "parley.phone.calls", Duration = "parley.phone.call.duration", Refusals = "parley.phone.refusals",
        Frames = "parley.phone.frames", Latency = "parley.phone.answer.latency", Digits = "parley.phone.digits", Interruptions = "parley.phone.interruptions";

    private const string Carrier = "parley.phone.carrier", Direction = "parley.direction", Reason = "parley.cause", Outcome = "parley.outcome";

    private static readonly double[] Seconds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10];
    private static readonly double[] CallSeconds = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200];

    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _calls, _refusals, _frames, _digits, _interruptions;
    private readonly Histogram<double> _duration, _latency;

    public PhoneMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(PhoneTelemetry.Name);
        _active = meter.CreateUpDownCounter<long>(Active, "{call}", "Calls in progress");
        _calls = meter.CreateCounter<long>(Calls, "{call}", "Ended calls, by carrier, direction and cause");
        _refusals = meter.CreateCounter<long>(Refusals, "{refusal}", "Refused webhooks and streams, by carrier and cause");
        _frames = meter.CreateCounter<long>(Frames, "{frame}", "Frames of callers that were received, lost or late");
        _digits = meter.CreateCounter<long>(Digits, "{digit}", "Keys that callers pressed");
        _interruptions = meter.CreateCounter<long>(Interruptions, "{interruption}", "Answers that callers interrupted");
        _duration = meter.CreateHistogram(Duration, "s", "Duration of calls", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = CallSeconds });
        _latency = meter.CreateHistogram(Latency, "s", "Time from the last loud frame of the caller to the first frame of the answer",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
    }

    internal void Started(PhoneCarrier carrier) => _active.Add(1, Of(carrier));

    internal void Ended(PhoneCarrier carrier, bool isOutbound, PhoneCallEndReason reason, TimeSpan duration)
    {
        _active.Add(-1, Of(carrier));
        _calls.Add(1, Of(carrier), new(Direction, isOutbound ? "outbound" : "inbound"), new(Reason, Name(reason)));
        _duration.Record(duration.TotalSeconds, Of(carrier));
    }

    /// <param name="carrier">The carrier.</param>
    /// <param name="reason">One of few words.</param>
    internal void Refused(PhoneCarrier carrier, string reason) => _refusals.Add(1, Of(carrier), new(Reason, reason));

    internal void FramesOf(PhoneCarrier carrier, long received, long lost, long late)
    {
        Count("received", received);
        Count("lost", lost);
        Count("late", late);

        void Count(string outcome, long frames)
        {
            if (frames > 0)
                _frames.Add(frames, Of(carrier), new(Outcome, outcome));
        }
    }

    internal void Answered(PhoneCarrier carrier, TimeSpan latency) => _latency.Record(latency.TotalSeconds, Of(carrier));

    internal void Pressed(PhoneCarrier carrier) => _digits.Add(1, Of(carrier));

    internal void Interrupted(PhoneCarrier carrier) => _interruptions.Add(1, Of(carrier));

    internal static string NameOf(PhoneCarrier carrier) => carrier switch
    {
        PhoneCarrier.Twilio => "twilio",
        PhoneCarrier.Telnyx => "telnyx",
        _ => "plivo",
    };

    private static string Name(PhoneCallEndReason reason) => reason switch
    {
        PhoneCallEndReason.Caller => "caller",
        PhoneCallEndReason.Model => "model",
        PhoneCallEndReason.Application => "application",
        PhoneCallEndReason.Session => "session",
        PhoneCallEndReason.Limit => "limit",
        PhoneCallEndReason.Protocol => "protocol",
        _ => "lost",
    };

    private static KeyValuePair<string, object?> Of(PhoneCarrier carrier) => new(Carrier, NameOf(carrier));
}

using System.Diagnostics.Metrics;

namespace Parley.Recording.Telemetry;

/// <summary>The metrics of records: a few values for each record.</summary>
internal sealed class RecordingMetrics
{
    internal const string Active = "parley.recordings.active", Records = "parley.recordings", Bytes = "parley.recording.bytes", Duration = "parley.recording.duration";

    private const string Outcome = "parley.outcome";

    private static readonly double[] Lengths = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200];

    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _records, _bytes;
    private readonly Histogram<double> _seconds;

    public RecordingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(RecordingTelemetry.Name);
        _active = meter.CreateUpDownCounter<long>(Active, "{record}", "Records in progress");
        _records = meter.CreateCounter<long>(Records, "{record}", "Ended records, by outcome");
        _bytes = meter.CreateCounter<long>(Bytes, "By", "Bytes of audio written");
        _seconds = meter.CreateHistogram(Duration, "s", "Length of records", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Lengths });
    }

    internal void Started() => _active.Add(1);

    internal void Ended(string outcome, long bytes, double seconds)
    {
        _active.Add(-1);
        _records.Add(1, new KeyValuePair<string, object?>(Outcome, outcome));
        _bytes.Add(bytes);
        _seconds.Record(seconds);
    }

    /// <summary>A session could not be recorded at all.</summary>
    internal void Refused() => _records.Add(1, new KeyValuePair<string, object?>(Outcome, "failed"));
}

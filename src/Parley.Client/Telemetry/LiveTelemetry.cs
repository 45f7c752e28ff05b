using System.Diagnostics;
using System.Diagnostics.Metrics;
using Parley.Client.Telemetry;

namespace Parley.Client;

/// <summary>
/// What the client tells OpenTelemetry: <c>tracing.AddSource(LiveTelemetry.Name)</c>, <c>metrics.AddMeter(LiveTelemetry.Name)</c>. Without a
/// listener it costs nothing. <c>docs/dotnet.md</c> lists spans, metrics and attributes; keys, tokens, handles and sound are in none of them.
/// </summary>
public static class LiveTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Parley.Client";

    // Buckets of the conventions: a call to a model takes from centiseconds to minutes; tokens grow fourfold.
    private static readonly double[] Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly int[] Tokens = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

    internal static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> OperationDuration = Time(GenAI.OperationDuration, "From the first output of a turn to its end.");
    internal static readonly Histogram<double> TimeToFirstChunk = Time(GenAI.TimeToFirstChunk, "From the end of the question to the first output.");
    internal static readonly Histogram<int> TokenUsage =
        Meter.CreateHistogram(GenAI.TokenUsage, "{token}", "Tokens of a turn.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = Tokens });

    internal static readonly Histogram<double> FirstAudio = Time("parley.client.first_audio", "From the end of the question to the first sound of the answer.");
    internal static readonly Histogram<double> InterruptToSilence = Time("parley.client.interrupt_to_silence", "From an interruption by the client to its acknowledgement.");
    internal static readonly Histogram<double> ReconnectDuration = Time("parley.client.reconnect.duration", "Without a connection, until a session went on over another.");
    internal static readonly Counter<double> DroppedAudio = Meter.CreateCounter<double>("parley.client.dropped_audio", "s", "Sound of the user that will never reach the model.");
    internal static readonly UpDownCounter<int> Sessions = Meter.CreateUpDownCounter<int>("parley.client.sessions", "{session}", "Open sessions.");
    internal static readonly Histogram<double> SessionDuration = Meter.CreateHistogram<double>("parley.client.session.duration", "s", "Lives of sessions that have ended.");

    /// <summary>Whether anybody listens to what is counted turn by turn.</summary>
    internal static bool IsObserved =>
        Source.HasListeners() || OperationDuration.Enabled || TimeToFirstChunk.Enabled || TokenUsage.Enabled || FirstAudio.Enabled || InterruptToSilence.Enabled;

    private static Histogram<double> Time(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
}

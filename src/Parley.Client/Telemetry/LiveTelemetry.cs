using System.Diagnostics;
using System.Diagnostics.Metrics;
using Parley.Client.Telemetry;

namespace Parley.Client;

/// <summary>
/// Traces and metrics of the client: <c>tracing.AddSource(LiveTelemetry.Name)</c>, <c>metrics.AddMeter(LiveTelemetry.Name)</c>. Without a
/// listener nothing is measured. <c>docs/dotnet.md</c> lists spans, metrics and attributes; none contains keys, tokens, handles or audio.
/// </summary>
public static class LiveTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Parley.Client";

    // Bucket boundaries of the conventions.
    private static readonly double[] Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly int[] Tokens = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

    internal static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> OperationDuration = Time(GenAI.OperationDuration, "From the first output of a turn to its end.");
    internal static readonly Histogram<double> TimeToFirstChunk = Time(GenAI.TimeToFirstChunk, "From the end of the question to the first output.");
    internal static readonly Histogram<int> TokenUsage =
        Meter.CreateHistogram(GenAI.TokenUsage, "{token}", "Tokens of a turn.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = Tokens });

    internal static readonly Histogram<double> FirstAudio = Time("parley.client.first_audio", "From the end of the question to the first audio of the answer.");
    internal static readonly Histogram<double> InterruptToSilence = Time("parley.client.interrupt_to_silence", "From an interruption by the client to its acknowledgement.");
    internal static readonly Histogram<double> ReconnectDuration = Time("parley.client.reconnect.duration", "Time without a connection until a session continued.");
    internal static readonly Counter<double> DroppedAudio = Meter.CreateCounter<double>("parley.client.dropped_audio", "s", "Audio of the user that was dropped and never reaches the model.");
    internal static readonly UpDownCounter<int> Sessions = Meter.CreateUpDownCounter<int>("parley.client.sessions", "{session}", "Open sessions.");
    internal static readonly Histogram<double> SessionDuration = Meter.CreateHistogram<double>("parley.client.session.duration", "s", "Duration of ended sessions.");

    /// <summary>Whether the measurements of turns have a listener.</summary>
    internal static bool IsObserved =>
        Source.HasListeners() || OperationDuration.Enabled || TimeToFirstChunk.Enabled || TokenUsage.Enabled || FirstAudio.Enabled || InterruptToSilence.Enabled;

    private static Histogram<double> Time(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Testing.Evaluation.Reports;

/// <summary>What is stored beside the audio of a call. Times are in seconds.</summary>
internal sealed record RecordingJson
{
    public string? Failure { get; init; }

    public double Lateness { get; init; }

    public IReadOnlyList<UtteranceJson>? Utterances { get; init; }

    public IReadOnlyList<EventJson>? Events { get; init; }

    internal static string Of(EvaluationRecording recording) => JsonSerializer.Serialize(
        new RecordingJson
        {
            Failure = recording.Failure,
            Lateness = Seconds(recording.Lateness),
            Utterances = recording.Utterances is { } utterances
                ? [.. utterances.Select(static one => new UtteranceJson(one.Kind, Seconds(one.Start), Seconds(one.End), one.Words))] : null,
            Events = [.. recording.Events.Select(static one => new EventJson(Seconds(one.At), one.Kind, one.Text))],
        },
        EvaluationJson.Default.RecordingJson);

    /// <exception cref="JsonException">It is no such JSON.</exception>
    internal static EvaluationRecording Read(string name, StereoRecording audio, string json)
    {
        var stored = JsonSerializer.Deserialize(json, EvaluationJson.Default.RecordingJson) ?? throw new JsonException("It is null.");
        return new EvaluationRecording
        {
            Name = name,
            Audio = audio,
            Failure = stored.Failure,
            Lateness = TimeSpan.FromSeconds(stored.Lateness),
            Utterances = stored.Utterances is { } utterances
                ? [.. utterances.OfType<UtteranceJson>().Select(static one => one.ToUtterance())] : null,
            Events = [.. (stored.Events ?? []).OfType<EventJson>().Select(static one => new EvaluationEvent(TimeSpan.FromSeconds(one.At), one.Kind, one.Text))],
        };
    }

    internal static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 4);
}

internal sealed record UtteranceJson(UtteranceKind Kind, double Start, double End, string? Words)
{
    internal EvaluationUtterance ToUtterance() => new(Kind, TimeSpan.FromSeconds(Start), TimeSpan.FromSeconds(End), Words);
}

internal sealed record EventJson(double At, EvaluationEventKind Kind, string? Text);

/// <summary>JSON of evaluations, without reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordingJson))]
[JsonSerializable(typeof(ReportJson))]
internal sealed partial class EvaluationJson : JsonSerializerContext;

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Recording.Transcripts;

/// <summary>The JSON file of a record; docs/recording.md describes it.</summary>
internal sealed record RecordFacts
{
    public int Version { get; init; } = 1;

    public required string Id { get; init; }

    public required string SessionId { get; init; }

    public bool Resumed { get; init; }

    public required string Model { get; init; }

    public bool Relayed { get; init; }

    public required string Node { get; init; }

    public required string KeyId { get; init; }

    public required string Owner { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public double Seconds { get; init; }

    public required RecordAudioFacts Audio { get; init; }

    /// <summary>False while the call goes on, and after a crash until the next start.</summary>
    public bool Complete { get; init; }

    /// <summary>Null while the call goes on.</summary>
    public string? Outcome { get; init; }

    public RecordClose? Close { get; init; }

    public IReadOnlyList<RecordTranscript> Transcripts { get; init; } = [];

    public IReadOnlyList<RecordTurn> Turns { get; init; } = [];

    public IReadOnlyList<double> Interruptions { get; init; } = [];

    public IReadOnlyList<RecordTool> Tools { get; init; } = [];

    public RecordUsage? Usage { get; init; }

    public int Redactions { get; init; }
}

internal sealed record RecordAudioFacts(string File, string Format, int SampleRateHz, IReadOnlyList<string> Channels)
{
    /// <summary>Sides whose audio is not kept, because their speech has no transcript that could be redacted.</summary>
    public IReadOnlyList<string>? NotKept { get; init; }
}

internal sealed record RecordClose(int Code, string Reason, string Cause, bool MayResume);

internal sealed record RecordTurn(int Turn, double Start, double End, string Outcome);

internal sealed record RecordTool(string Name, double At)
{
    public string? Arguments { get; init; }
}

internal sealed record RecordUsage(long PromptTokens, long ResponseTokens, decimal? Cost);

internal sealed record RecordTranscript(string Speaker, double Start, double End, string Text, bool Spoken)
{
    public bool Interrupted { get; init; }

    public IReadOnlyList<RecordWord> Words { get; init; } = [];
}

internal sealed record RecordWord(string Text, double Start, double End)
{
    /// <summary>The time was interpolated.</summary>
    public bool Estimated { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RecordFacts))]
internal sealed partial class RecordJson : JsonSerializerContext
{
    private static RecordJson? _readable;

    private static RecordJson Readable => _readable ??= new(new JsonSerializerOptions(RecordJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    internal static byte[] Write(RecordFacts facts) => JsonSerializer.SerializeToUtf8Bytes(facts, Readable.RecordFacts!);

    /// <exception cref="JsonException">It is not the file of a record.</exception>
    internal static RecordFacts Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.RecordFacts) ?? throw new JsonException("Empty.");
}

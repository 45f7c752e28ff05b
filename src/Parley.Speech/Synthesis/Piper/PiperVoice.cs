using System.Text;
using System.Text.Json;

namespace Parley.Speech.Synthesis.Piper;

/// <summary>The description of a Piper voice, NAME.onnx.json beside NAME.onnx.</summary>
internal sealed record PiperVoice
{
    public const string Pad = "_";
    public const string Begin = "^";
    public const string End = "$";

    private const int MaxFileBytes = 4 << 20;
    private const int MaxId = 1 << 16;

    /// <summary>Full path of the network.</summary>
    public required string Path { get; init; }

    public required int RateHz { get; init; }

    /// <summary>The voice of espeak-ng that makes its phonemes; null if its phonemes are the letters of the text.</summary>
    public required string? EspeakVoice { get; init; }

    /// <summary>Its language, such as "en-US".</summary>
    public required string Language { get; init; }

    /// <summary>Number of its speakers.</summary>
    public required int Speakers { get; init; }

    public required IReadOnlyDictionary<string, int> SpeakerIds { get; init; }

    public required int DefaultSpeaker { get; init; }

    public required float NoiseScale { get; init; }

    public required float LengthScale { get; init; }

    public required float NoiseWidth { get; init; }

    /// <summary>The numbers of each phoneme.</summary>
    public required IReadOnlyDictionary<string, long[]> Ids { get; init; }

    /// <summary>Phonemes that are replaced by others.</summary>
    public required IReadOnlyDictionary<string, string[]> Replacements { get; init; }

    /// <summary>Groups of phonemes that are one, the longest first.</summary>
    public required IReadOnlyList<string[]> Clusters { get; init; }

    /// <summary>Reads the description of a voice.</summary>
    /// <param name="path">Full path of NAME.onnx.</param>
    /// <exception cref="InvalidOperationException">It is missing or not usable; the message says why.</exception>
    public static PiperVoice Load(string path)
    {
        var file = path + ".json";
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                throw new InvalidOperationException($"{file} is missing. A Piper voice has two files: put it beside {System.IO.Path.GetFileName(path)}.");
            if (info.Length > MaxFileBytes)
                throw new InvalidOperationException($"{file} has {info.Length:#,0} bytes; the description of a voice has at most {MaxFileBytes:#,0}.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return Read(path, new PiperJson(document.RootElement, ""));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or FormatException)
        {
            throw new InvalidOperationException($"{file} is no description of a Piper voice: {e.Message}", e);
        }
    }

    /// <summary>The numbers of a part of a text: begin, pad, each phoneme and a pad, end.</summary>
    /// <param name="phonemes">The phonemes.</param>
    /// <param name="missing">Receives phonemes that the voice does not have; they are left out.</param>
    public long[] ToIds(IEnumerable<string> phonemes, ISet<string>? missing = null)
    {
        var pad = Ids[Pad];
        var ids = new List<long>([.. Ids[Begin], .. pad]);
        foreach (var phoneme in phonemes)
        {
            if (Ids.TryGetValue(phoneme, out var found))
                ids.AddRange([.. found, .. pad]);
            else
                missing?.Add(phoneme);
        }
        ids.AddRange(Ids[End]);
        return [.. ids];
    }

    /// <summary>Finds a speaker by name or number; null if there is none.</summary>
    public int? FindSpeaker(string speaker) =>
        SpeakerIds.TryGetValue(speaker, out var id) ? id : int.TryParse(speaker, out id) && id >= 0 && id < Speakers ? id : null;

    private static PiperVoice Read(string path, PiperJson json)
    {
        var type = json.Text("phoneme_type") ?? "espeak";
        if (type is not ("espeak" or "text"))
            throw new FormatException($"phoneme_type is \"{type}\"; espeak and text are supported. Use another voice.");
        var espeak = json.Find("espeak")?.Text("voice");
        if (type == "espeak" && string.IsNullOrWhiteSpace(espeak))
            throw new FormatException("espeak.voice is missing.");
        var inference = json.Find("inference");
        var ids = json.Need("phoneme_id_map").Members.ToDictionary(static member => member.Key, static member => member.Value.Numbers(0, MaxId));
        foreach (var needed in (string[])[Pad, Begin, End])
        {
            if (!ids.ContainsKey(needed))
                throw new FormatException($"phoneme_id_map has no \"{needed}\".");
        }
        var speakers = json.Number("num_speakers", 1, 1, MaxId) is var count ? (int)count : 1;
        return new()
        {
            Path = path,
            RateHz = (int)json.Need("audio").Number("sample_rate", null, Resampler.MinSampleRateHz, Resampler.MaxSampleRateHz),
            EspeakVoice = type == "espeak" ? espeak : null,
            Language = (json.Find("language")?.Text("code") ?? espeak ?? "en").Replace('_', '-'),
            Speakers = speakers,
            SpeakerIds = json.Find("speaker_id_map")?.Members.ToDictionary(static member => member.Key, member => (int)member.Value.AsNumber(0, speakers - 1)) ?? [],
            DefaultSpeaker = (int)json.Number("default_speaker_id", 0, 0, speakers - 1),
            NoiseScale = (float)(inference?.Number("noise_scale", 0.667, 0, 10) ?? 0.667),
            LengthScale = (float)(inference?.Number("length_scale", 1, 0.1, 10) ?? 1),
            NoiseWidth = (float)(inference?.Number("noise_w", 0.8, 0, 10) ?? 0.8),
            Ids = ids,
            Replacements = json.Find("phoneme_map")?.Members.ToDictionary(static member => member.Key, static member => member.Value.Texts())
                ?? (espeak == "pt-br" ? new() { ["c"] = ["k"] } : []),
            Clusters = [.. (json.Find("vowel_clusters")?.Items.Select(static item => item.Texts()) ?? []).OrderByDescending(static cluster => cluster.Length)],
        };
    }
}

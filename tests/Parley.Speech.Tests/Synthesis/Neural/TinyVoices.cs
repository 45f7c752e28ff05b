using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Speech.Tests;

/// <summary>
/// Makes voices of a few kilobytes in a temporary folder. Their networks have the inputs and outputs of real ones, and speak each phoneme as
/// a tone of its own, so that a test can read from the audio what the network was given.
/// </summary>
internal sealed class TinyVoices : IDisposable
{
    public const int RateHz = 24_000;

    /// <summary>Samples of one phoneme at normal speed.</summary>
    public const int Hop = 960;

    private const int Symbols = 200;

    // Tones of whole periods in a hop, every second one: 50 Hz apart.
    private const int FirstTone = 4;

    /// <summary>The published numbers of Piper's symbols that the tests need (piper-phonemize, phoneme_ids.hpp).</summary>
    private const string PiperSymbols =
        "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœǀǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢʲˈˌːˑ˞βθχᵻⱱ0123456789\u0327\u0303";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-voices-");

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Writes a Piper voice and returns the path of its network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="speakers">Number of its speakers; the second is an octave higher, and so on.</param>
    /// <param name="change">Changes its description.</param>
    /// <param name="rateHz">Its sample rate.</param>
    /// <param name="amplitude">The amplitude of its tones; 1 is full scale.</param>
    public string Piper(string name = "en_US-tiny-low", int speakers = 1, Action<JsonObject>? change = null, int rateHz = RateHz, float amplitude = 0.3f)
    {
        var description = new JsonObject
        {
            ["audio"] = new JsonObject { ["sample_rate"] = rateHz, ["quality"] = "low" },
            ["espeak"] = new JsonObject { ["voice"] = "en-us" },
            ["language"] = new JsonObject { ["code"] = "en_US" },
            ["inference"] = new JsonObject { ["noise_scale"] = 0.667, ["length_scale"] = 1, ["noise_w"] = 0.8 },
            ["phoneme_type"] = "espeak",
            ["phoneme_map"] = new JsonObject(),
            ["phoneme_id_map"] = new JsonObject(PiperSymbols.Select(static (symbol, id) => KeyValuePair.Create(symbol.ToString(), (JsonNode?)new JsonArray(id)))),
            ["num_symbols"] = 256,
            ["num_speakers"] = speakers,
            ["speaker_id_map"] = new JsonObject(Enumerable.Range(0, speakers > 1 ? speakers : 0).Select(static id => KeyValuePair.Create($"p{id}", (JsonNode?)id))),
        };
        change?.Invoke(description);
        var path = Path.Combine(Folder, name + ".onnx");
        File.WriteAllText(path + ".json", description.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.WriteAllBytes(path, PiperNetwork(speakers, amplitude));
        return path;
    }

    /// <summary>Reads the phonemes from audio at 24 kHz: the number of each, by the tone of each hop.</summary>
    public static int[] Read(ReadOnlySpan<short> samples)
    {
        var ids = new List<int>();
        for (var at = 0; at + Hop <= samples.Length; at += Hop)
        {
            if (samples.Slice(at, Hop).ContainsAnyExcept((short)0))
                ids.Add(ToneOf(samples.Slice(at, Hop)) - FirstTone);
        }
        return [.. ids];
    }

    /// <summary>input, input_lengths, scales, and sid if it has several speakers, to output [1, 1, time].</summary>
    public static byte[] PiperNetwork(int speakers, float amplitude = 0.3f)
    {
        var file = new OnnxFile()
            .Input("input", false, "batch", "phonemes").Input("input_lengths", false, "batch").Input("scales", true, "3")
            .Constant("lengthIndex", [1L]).Constant("one", [0L], 1);
        if (speakers > 1)
            file.Input("sid", false, "batch").Constant("octaves", [.. Enumerable.Range(0, speakers).Select(static id => (float)Math.Pow(2, id))], speakers).Node("Gather", "octave", "octaves", "sid");
        return Tones(file, "input", speakers > 1 ? "octave" : null, amplitude)
            .Node("Gather", "lengthScale", "scales", "lengthIndex")
            .Node("Mul", "limit", "lengthScale", "hop")
            .Node("Cast", "lengths", ("to", 1), "input_lengths").Node("Mul", "nothing", "lengths", "zero")
            .Node("Add", "speech", "quiet", "nothing").Constant("shape", [1L, 1, -1], 3).Node("Reshape", "output", "speech", "shape")
            .Output("output", true, "batch", "1", "time").ToBytes();
    }

    /// <summary>input_ids, style and speed, to waveform [time]; the first number of the style is a factor of the pitch.</summary>
    public static byte[] KokoroNetwork() =>
        Tones(
            new OnnxFile().Input("input_ids", false, "batch", "phonemes").Input("style", true, "batch", "256").Input("speed", true, "1")
                .Constant("first", [0L]).Node("Gather", "octaveOf", ("axis", 1), "style", "first").Constant("flat", [1L], 1).Node("Reshape", "octave", "octaveOf", "flat"),
            "input_ids", "octave", 0.3f)
        .Node("Div", "limits", "hop", "speed").Node("Squeeze", "limit", "limits")
        .Constant("shape", [-1L], 1).Node("Reshape", "waveform", "quiet", "shape")
        .Output("waveform", true, "time").ToBytes();

    // quiet[1, phonemes, hop] = amplitude * sin(frequency[id] * octave * (0 .. limit))
    private static OnnxFile Tones(OnnxFile file, string ids, string? octave, float amplitude) => file
        .Constant("tones", [.. Enumerable.Range(0, Symbols).Select(static id => (float)(Math.Tau * (id + FirstTone) / Hop))], Symbols)
        .Constant("hop", [(float)Hop]).Constant("zero", [0f]).Constant("step", [1f]).Constant("amplitude", [amplitude]).Constant("last", [2L], 1)
        .Node("Gather", "low", "tones", ids)
        .Node(octave is null ? "Identity" : "Mul", "frequency", octave is null ? ["low"] : ["low", octave])
        .Node("Unsqueeze", "frequencies", "frequency", "last")
        .Node("Range", "ramp", "zero", "limit", "step")
        .Node("Mul", "phases", "frequencies", "ramp").Node("Sin", "loud", "phases").Node("Mul", "quiet", "loud", "amplitude");

    // Goertzel's algorithm for each whole number of periods.
    private static int ToneOf(ReadOnlySpan<short> hop)
    {
        var (best, strongest) = (0, 0.0);
        for (var tone = 1; tone < Hop / 2; tone++)
        {
            var factor = 2 * Math.Cos(Math.Tau * tone / Hop);
            var (last, previous) = (0.0, 0.0);
            foreach (var sample in hop)
                (last, previous) = (sample + (factor * last) - previous, last);
            var power = (last * last) + (previous * previous) - (factor * last * previous);
            if (power > strongest)
                (best, strongest) = (tone, power);
        }
        return best;
    }
}

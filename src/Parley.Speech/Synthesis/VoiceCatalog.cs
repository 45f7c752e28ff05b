using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Parley.Speech;

/// <summary>
/// The 30 voice names of the Gemini Live API, each mapped to a distinct and stable <see cref="SpeechVoice"/>. They share
/// name, gender and character with the originals, but do not sound like them.
/// </summary>
public static class VoiceCatalog
{
    /// <summary>All voices, in the order in which they are listed officially.</summary>
    public static IReadOnlyList<SpeechVoice> All { get; } =
    [
        Female("Zephyr", "bright", warp: 1.00f, pitch: 1.10f, stretch: 0.96f),
        Male("Puck", "upbeat", "rms", warp: 1.06f, stretch: 0.98f),
        Male("Charon", "informative", "rms", warp: 1.00f, stretch: 1.06f),
        Female("Kore", "firm", warp: 0.94f, pitch: 1.00f, stretch: 1.00f),
        Male("Fenrir", "excitable", "awb", warp: 1.08f, pitch: 1.10f, stretch: 0.94f),
        Female("Leda", "youthful", warp: 1.02f, pitch: 1.15f, stretch: 0.98f),
        Male("Orus", "firm", "rms", warp: 1.02f, stretch: 1.00f),
        Female("Aoede", "breezy", warp: 0.98f, pitch: 1.05f, stretch: 0.94f),
        Female("Callirrhoe", "easy-going", warp: 0.96f, pitch: 1.00f, stretch: 1.08f),
        Female("Autonoe", "bright", warp: 0.99f, pitch: 1.14f, stretch: 1.00f),
        Male("Enceladus", "breathy", "kal16", warp: 0.97f, pitch: 0.92f, stretch: 1.10f),
        Male("Iapetus", "clear", "rms", warp: 1.08f, stretch: 1.04f),
        Male("Umbriel", "easy-going", "awb", warp: 1.00f, pitch: 0.96f, stretch: 1.08f),
        Male("Algieba", "smooth", "kal16", warp: 1.00f, pitch: 1.00f, stretch: 1.06f),
        Female("Despina", "smooth", warp: 0.95f, pitch: 1.05f, stretch: 1.04f),
        Female("Erinome", "clear", warp: 0.97f, pitch: 1.10f, stretch: 1.04f),
        Male("Algenib", "gravelly", "kal16", warp: 0.97f, pitch: 0.85f, stretch: 1.04f),
        Male("Rasalgethi", "informative", "rms", warp: 1.04f, stretch: 1.08f),
        Female("Laomedeia", "upbeat", warp: 1.00f, pitch: 1.18f, stretch: 0.93f),
        Female("Achernar", "soft", warp: 0.93f, pitch: 1.06f, stretch: 1.10f),
        Male("Alnilam", "firm", "rms", warp: 1.01f, stretch: 0.94f),
        Male("Schedar", "even", "rms", warp: 1.03f, stretch: 1.02f),
        Female("Gacrux", "mature", warp: 0.88f, pitch: 0.95f, stretch: 1.06f),
        Female("Pulcherrima", "forward", warp: 0.92f, pitch: 1.10f, stretch: 0.95f),
        Male("Achird", "friendly", "awb", warp: 1.04f, pitch: 1.04f, stretch: 1.00f),
        Male("Zubenelgenubi", "casual", "awb", warp: 0.98f, pitch: 1.00f, stretch: 0.96f),
        Female("Vindemiatrix", "gentle", warp: 0.91f, pitch: 1.00f, stretch: 1.08f),
        Male("Sadachbia", "lively", "awb", warp: 1.06f, pitch: 1.14f, stretch: 0.98f),
        Male("Sadaltager", "knowledgeable", "rms", warp: 1.10f, stretch: 1.10f),
        Female("Sulafat", "warm", warp: 0.90f, pitch: 1.05f, stretch: 1.02f),
    ];

    private static readonly FrozenDictionary<string, SpeechVoice> ByName = All.ToFrozenDictionary(voice => voice.Name, StringComparer.Ordinal);

    /// <summary>The voice of a session that names none: Puck.</summary>
    public static SpeechVoice Default { get; } = ByName["Puck"];

    /// <summary>Finds a voice by its exact name; "puck" is not "Puck".</summary>
    /// <returns>Whether it exists; if not, refuse the session, as the service does.</returns>
    public static bool TryGet(string? name, [NotNullWhen(true)] out SpeechVoice? voice)
    {
        voice = null;
        return name is not null && ByName.TryGetValue(name, out voice);
    }

    private static SpeechVoice Female(string name, string character, float warp, float pitch, float stretch) => new()
    {
        Name = name,
        Character = character,
        Gender = VoiceGender.Female,
        BaseVoice = "slt",
        Warp = warp,
        PitchShift = pitch,
        Stretch = stretch,
    };

    private static SpeechVoice Male(string name, string character, string speaker, float warp, float stretch, float pitch = 1) => new()
    {
        Name = name,
        Character = character,
        Gender = VoiceGender.Male,
        BaseVoice = speaker,
        Warp = warp,
        PitchShift = pitch,
        Stretch = stretch,
    };
}

namespace Parley.Server.Models;

/// <summary>The 30 voices of the public service (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#132-voices-30">protocol 13.2</see>).</summary>
internal sealed class GeminiVoiceNames : IVoiceNames
{
    public IReadOnlyList<VoiceName> All { get; } =
    [
        new("Zephyr", "bright"),
        new("Puck", "upbeat"),
        new("Charon", "informative"),
        new("Kore", "firm"),
        new("Fenrir", "excitable"),
        new("Leda", "youthful"),
        new("Orus", "firm"),
        new("Aoede", "breezy"),
        new("Callirrhoe", "easy-going"),
        new("Autonoe", "bright"),
        new("Enceladus", "breathy"),
        new("Iapetus", "clear"),
        new("Umbriel", "easy-going"),
        new("Algieba", "smooth"),
        new("Despina", "smooth"),
        new("Erinome", "clear"),
        new("Algenib", "gravelly"),
        new("Rasalgethi", "informative"),
        new("Laomedeia", "upbeat"),
        new("Achernar", "soft"),
        new("Alnilam", "firm"),
        new("Schedar", "even"),
        new("Gacrux", "mature"),
        new("Pulcherrima", "forward"),
        new("Achird", "friendly"),
        new("Zubenelgenubi", "casual"),
        new("Vindemiatrix", "gentle"),
        new("Sadachbia", "lively"),
        new("Sadaltager", "knowledgeable"),
        new("Sulafat", "warm"),
    ];
}

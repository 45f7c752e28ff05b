using System.Collections.Frozen;

namespace Parley.Server;

/// <summary>Which voices may be asked for by name. Replace it to offer others than those of the public service.</summary>
public interface IVoiceNames
{
    /// <summary>Whether there is such a voice; names are matched as spelt.</summary>
    bool Contains(string name);
}

/// <summary>The 30 voices of the public service (reference section 13.2).</summary>
internal sealed class GeminiVoiceNames : IVoiceNames
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(StringComparer.Ordinal,
        "Zephyr", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Aoede", "Callirrhoe", "Autonoe",
        "Enceladus", "Iapetus", "Umbriel", "Algieba", "Despina", "Erinome", "Algenib", "Rasalgethi", "Laomedeia", "Achernar",
        "Alnilam", "Schedar", "Gacrux", "Pulcherrima", "Achird", "Zubenelgenubi", "Vindemiatrix", "Sadachbia", "Sadaltager", "Sulafat");

    public bool Contains(string name) => Names.Contains(name);
}

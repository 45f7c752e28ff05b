namespace Parley.Server;

/// <summary>The voices that a setup may select by name. Register another implementation to offer other voices than those of the public service.</summary>
public interface IVoiceNames
{
    /// <summary>All voices, in the order in which they are listed.</summary>
    IReadOnlyList<VoiceName> All { get; }

    /// <summary>Whether a voice exists; case-sensitive. A setup with an unknown voice is closed with 1007.</summary>
    bool Contains(string name) => All.Any(voice => voice.Name == name);
}

/// <summary>A selectable voice.</summary>
/// <param name="Name">The name in <c>prebuiltVoiceConfig.voiceName</c>.</param>
/// <param name="Character">One word that describes how it sounds, for display.</param>
public sealed record VoiceName(string Name, string Character);

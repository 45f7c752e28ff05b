namespace Parley.Server;

/// <summary>The voices a setup may ask for by name. Register another implementation to offer others than those of the public service.</summary>
public interface IVoiceNames
{
    /// <summary>All voices, in the order in which they are listed.</summary>
    IReadOnlyList<VoiceName> All { get; }

    /// <summary>Whether there is such a voice; names are matched as spelt. A setup that names another voice closes with 1007.</summary>
    bool Contains(string name) => All.Any(voice => voice.Name == name);
}

/// <summary>A voice that can be asked for.</summary>
/// <param name="Name">The name in <c>prebuiltVoiceConfig.voiceName</c>.</param>
/// <param name="Character">One word on how it sounds, for people who choose.</param>
public sealed record VoiceName(string Name, string Character);

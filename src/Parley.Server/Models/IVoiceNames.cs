namespace Parley.Server;

/// <summary>The voices that a setup may select by name. Register another implementation to offer other voices than those of the public service.</summary>
public interface IVoiceNames
{
    /// <summary>All voices, in the order in which they are listed.</summary>
    IReadOnlyList<VoiceName> All { get; }

    /// <summary>
    /// Finds a voice by its name in any case, as the public service does; null if there is none, which closes a setup with 1007. The model gets the name as it
    /// is listed.
    /// </summary>
    VoiceName? Find(string name) =>
        All.FirstOrDefault(voice => voice.Name == name) ?? All.FirstOrDefault(voice => voice.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A selectable voice.</summary>
/// <param name="Name">The name in <c>prebuiltVoiceConfig.voiceName</c>.</param>
/// <param name="Character">One word that describes how it sounds, for display.</param>
public sealed record VoiceName(string Name, string Character);

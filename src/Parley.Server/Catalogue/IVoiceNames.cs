using Parley.Speech;

namespace Parley.Server;

/// <summary>Which voices may be asked for by name. Replace it to offer others than those of the public service.</summary>
public interface IVoiceNames
{
    /// <summary>Whether there is such a voice; names are matched as spelt.</summary>
    bool Contains(string name);
}

/// <summary>The 30 voices of the public service (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#132-voices-30">protocol 13.2</see>).</summary>
internal sealed class GeminiVoiceNames : IVoiceNames
{
    public bool Contains(string name) => VoiceCatalog.TryGet(name, out _);
}

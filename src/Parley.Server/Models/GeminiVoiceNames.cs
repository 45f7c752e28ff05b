using Parley.Protocol;

namespace Parley.Server.Models;

/// <summary>The 30 voices of the public service (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#132-voices-30">protocol 13.2</see>).</summary>
internal sealed class GeminiVoiceNames : IVoiceNames
{
    public IReadOnlyList<VoiceName> All { get; } = [.. LiveModelProfiles.BuiltIn.Voices.Select(static voice => new VoiceName(voice.Key, voice.Value))];
}

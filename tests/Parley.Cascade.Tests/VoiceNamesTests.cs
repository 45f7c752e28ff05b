using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>Parley.Speech does not depend on Parley.Protocol, so that both list the voices.</summary>
public sealed class VoiceNamesTests
{
    [Fact]
    public void The_voice_catalog_has_the_voices_of_the_protocol_in_their_order() => Assert.Equal(
        LiveModelProfiles.BuiltIn.Voices.Select(static voice => (voice.Key, voice.Value)),
        VoiceCatalog.All.Select(static voice => (voice.Name, voice.Character)));
}

using Parley.Client;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Our own client against our own server, over a real socket.</summary>
public sealed class ClientTests(ParleyProcess server) : ClientScenarios, IClassFixture<ParleyProcess>
{
    internal override ClientTarget Target => new("parley serve", server.Address)
    {
        Setup = new LiveSetup
        {
            Model = "gemini-2.5-flash-native-audio-preview-12-2025",
            InputTranscription = true,
            OutputTranscription = true,
        },
        Abilities = [Ability.RealtimeInput, Ability.Credentials],
    };
}

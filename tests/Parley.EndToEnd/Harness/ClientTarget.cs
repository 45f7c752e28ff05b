using Parley.Client;

namespace Parley.EndToEnd.Harness;

/// <summary>What not every server can do.</summary>
internal enum Ability
{
    RealtimeInput,
    Credentials,
}

/// <summary>A server that our client is run against.</summary>
/// <param name="Name">Its name, for those who read what was skipped.</param>
/// <param name="Address">Where it listens.</param>
internal sealed record ClientTarget(string Name, Uri Address)
{
    /// <summary>A setup it takes.</summary>
    public required LiveSetup Setup { get; init; }

    public IReadOnlyList<Ability> Abilities { get; init; } = [];

    public LiveClient CreateClient(string key = ParleyProcess.Key) => LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = Address });

    /// <summary>Skips the test where the server cannot do what it is about.</summary>
    public void Needs(Ability ability)
    {
        if (!Abilities.Contains(ability))
            Assert.Skip($"{Name} has no {ability}.");
    }
}

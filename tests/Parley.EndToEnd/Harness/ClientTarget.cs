using Parley.Client;

namespace Parley.EndToEnd.Harness;

/// <summary>An ability that not every server has.</summary>
internal enum Ability
{
    RealtimeInput,
    Credentials,
}

/// <summary>A server that the scenarios of our client run against.</summary>
/// <param name="Name">Its name, for the reason of a skipped test.</param>
/// <param name="Address">Its URL.</param>
internal sealed record ClientTarget(string Name, Uri Address)
{
    /// <summary>A setup that it accepts.</summary>
    public required LiveSetup Setup { get; init; }

    /// <summary>The API version that it serves.</summary>
    public string ApiVersion { get; init; } = "v1";

    public IReadOnlyList<Ability> Abilities { get; init; } = [];

    public LiveClient CreateClient(string key = ParleyProcess.Key) =>
        LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = Address, ApiVersion = ApiVersion });

    /// <summary>Skips the test if the server lacks the ability.</summary>
    public void Needs(Ability ability)
    {
        if (!Abilities.Contains(ability))
            Assert.Skip($"{Name} has no {ability}.");
    }
}

using Parley.Cluster.Tests.Harness;

namespace Parley.Cluster.Tests;

/// <summary>Uses of tokens and limits of keys over all nodes. <c>PARLEY_LONG=1</c>: a thousand sockets race for a token, a hundred times.</summary>
public sealed class LimitTests(LiveCluster cluster) : ClusterTest(cluster)
{
    private const int Limit = 6;
    private const string UsedUp = "1008 The auth token can open no new session any more: its uses are used up.";
    private const string OverLimit = "1011 You exceeded your current quota, please check your plan and billing details.";

    [Fact]
    public async Task One_of_many_racing_openings_gets_the_only_use_of_a_token()
    {
        for (var race = 0; race < Sizes.Races; race++)
        {
            var token = await Admin.MintAsync(Cluster.Address, LiveCluster.Key);

            var refusals = await RaceAsync(token, Sizes.Openings);

            Assert.Equal(1, refusals.Count(static refusal => refusal is null));
            Assert.All(refusals.OfType<string>(), static refusal => Assert.Equal(UsedUp, refusal));
        }
    }

    [Fact]
    public async Task Sessions_of_a_key_are_limited_over_all_nodes()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { maxSessions = Limit });

        var refusals = await RaceAsync(key.Secret, 5 * Limit);

        Assert.InRange(refusals.Count(static refusal => refusal is null), Limit - 1, Limit + 1);
        Assert.All(refusals.OfType<string>(), static refusal => Assert.Equal(OverLimit, refusal));
    }

    [Fact]
    public async Task Openings_of_a_key_per_minute_are_limited_over_all_nodes()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { opensPerMinute = Limit });

        var refusals = await RaceAsync(key.Secret, 5 * Limit);

        Assert.InRange(refusals.Count(static refusal => refusal is null), Limit - 1, Limit + 1);
    }

    [Fact]
    public async Task Sessions_of_a_killed_node_stop_counting()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { maxSessions = Limit });
        await using var calls = new RawCalls();
        for (var i = 0; i < Limit; i++)
            calls.Add(await RawCall.OpenAsync(Cluster, LiveCluster.RelayedModel, credential: key.Secret));
        Assert.Equal([OverLimit], await RaceAsync(key.Secret, 1));
        var killed = calls.Count(call => call.Node == Cluster.Nodes[1].Name);
        Assert.InRange(killed, 1, Limit - 1);

        await Cluster.Nodes[1].KillAsync();

        for (var i = 0; i < killed; i++)
            calls.Add(await RawCall.OpenAsync(Cluster, LiveCluster.RelayedModel, credential: key.Secret));
        Assert.Equal([OverLimit], await RaceAsync(key.Secret, 1));
    }

    /// <summary>Opens sessions at once, and keeps them open until each is open or refused.</summary>
    private async Task<List<string?>> RaceAsync(string credential, int number)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, number).Select(_ => RawCall.RaceAsync(Cluster.Address, credential, LiveCluster.RelayedModel)));
        foreach (var (socket, _) in outcomes)
            await socket.DisposeAsync();
        return [.. outcomes.Select(static outcome => outcome.Refusal)];
    }
}

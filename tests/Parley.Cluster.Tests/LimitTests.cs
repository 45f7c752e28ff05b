using Parley.Cluster.Tests.Harness;
using Parley.TestKit;

namespace Parley.Cluster.Tests;

/// <summary>Tokens and limits of keys over all nodes. <c>PARLEY_LONG=1</c>: a thousand sockets race for a token, a hundred times.</summary>
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
    public async Task Tokens_that_a_key_used_on_one_node_end_its_sessions_on_the_others()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        // The first turn is below it, the second above.
        var key = await admin.CreateKeyAsync(new { tokensPerDay = 40 });
        await using var calls = await OpenOnAllNodesAsync(key.Secret);

        await calls[0].AskAsync();
        await calls[0].BeginAsync();

        foreach (var call in calls)
            Assert.Equal(OverLimit, Text(await call.Socket.ExpectCloseAsync(skipMessages: true, Cancellation)));
        Assert.All(await RaceAsync(key.Secret, 6), static refusal => Assert.Equal(OverLimit, refusal));
    }

    [Fact]
    public async Task Key_that_is_revoked_through_one_node_ends_its_sessions_on_all()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { });
        await using var calls = await OpenOnAllNodesAsync(key.Secret);

        await admin.RevokeAsync(key.Id);

        foreach (var call in calls)
            Assert.Equal("1007 API key not valid. Please pass a valid API key.", Text(await call.Socket.ExpectCloseAsync(skipMessages: true, Cancellation)));
    }

    private static string Text(LiveClose close) => $"{close.Code} {close.Reason}";

    private async Task<RawCalls> OpenOnAllNodesAsync(string key)
    {
        var calls = new RawCalls();
        try
        {
            await Polling.UntilAsync(
                async () =>
                {
                    calls.Add(await RawCall.OpenAsync(Cluster, LiveCluster.RelayedModel, credential: key));
                    return calls.Select(static call => call.Node).Distinct().Count() == Cluster.Nodes.Count;
                },
                "the load balancer uses all nodes");
            return calls;
        }
        catch
        {
            await calls.DisposeAsync();
            throw;
        }
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

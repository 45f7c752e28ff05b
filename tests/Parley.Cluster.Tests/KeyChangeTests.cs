using System.Globalization;
using Parley.Cluster.Tests.Harness;
using Parley.EndToEnd.Harness;

namespace Parley.Cluster.Tests;

/// <summary>What changes a key on one node, or in the database, ends its sessions on all nodes.</summary>
public sealed class KeyChangeTests(LiveCluster cluster) : ClusterTest(cluster)
{
    private const string Revoked = "1007 API key not valid. Please pass a valid API key.";
    private const string OverLimit = "1011 You exceeded your current quota, please check your plan and billing details.";

    [Fact]
    public async Task Key_that_is_revoked_through_one_node_ends_its_sessions_on_all()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { });
        await using var calls = await OpenOnAllNodesAsync(key.Secret);

        await admin.RevokeAsync(key.Id);

        await ExpectCloseAsync(calls, Revoked);
    }

    [Fact]
    public async Task Key_that_is_revoked_in_the_database_ends_its_sessions_on_all_nodes()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { });
        await using var calls = await OpenOnAllNodesAsync(key.Secret);

        using var tool = ChildProcess.Start(
            "dotnet", [Repository.Tool, "keys", "revoke", key.Id], new Dictionary<string, string> { ["PARLEY_POSTGRES"] = Cluster.Database.ConnectionString },
            "Install the .NET SDK of global.json.");
        Assert.Equal(0, await Expect.WithinAsync(tool.Exited, "the tool ends"));

        await ExpectCloseAsync(calls, Revoked);
    }

    [Fact]
    public async Task Limit_that_is_lowered_through_one_node_ends_sessions_that_are_above_it_on_all()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { });
        await using var calls = await OpenOnAllNodesAsync(key.Secret);
        await calls[0].AskAsync();

        await admin.LimitAsync(key.Id, new { tokensPerDay = 1 });

        await ExpectCloseAsync(calls, OverLimit);
    }

    [Fact]
    public async Task Tokens_that_a_key_used_on_one_node_end_its_sessions_on_the_others()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        // The first turn is below it, the second above.
        var key = await admin.CreateKeyAsync(new { tokensPerDay = 60 });
        await using var calls = await OpenOnAllNodesAsync(key.Secret);

        await calls[0].AskAsync();
        await calls[0].BeginAsync();

        await ExpectCloseAsync(calls, OverLimit);
        var (refused, refusal) = await RawCall.RaceAsync(Cluster.Address, key.Secret, LiveCluster.RelayedModel);
        await refused.DisposeAsync();
        Assert.Equal(OverLimit, refusal);
    }

    [Fact]
    public async Task Minutes_that_others_used_end_the_sessions_of_a_key_on_all_nodes()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var key = await admin.CreateKeyAsync(new { minutesPerDay = 30 });
        await using var calls = await OpenOnAllNodesAsync(key.Secret);

        // As another node would add them.
        await Cluster.Database.ExecuteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            INSERT INTO parley.usage_daily(day, key_id, sessions, resumes, milliseconds, prompt_tokens, response_tokens)
            VALUES ((now() AT TIME ZONE 'UTC')::date, '{key.Id}', 1, 0, {TimeSpan.FromMinutes(30).TotalMilliseconds}, 0, 0)
            ON CONFLICT (day, key_id) DO UPDATE SET milliseconds = usage_daily.milliseconds + excluded.milliseconds
            """));

        await ExpectCloseAsync(calls, OverLimit);
    }

    private static async Task ExpectCloseAsync(RawCalls calls, string expected)
    {
        foreach (var call in calls)
        {
            var close = await call.Socket.ExpectCloseAsync(skipMessages: true, Cancellation);
            Assert.Equal(expected, $"{close.Code} {close.Reason}");
        }
    }

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
}

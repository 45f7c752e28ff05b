using Parley.Cluster.Tests.Harness;

namespace Parley.Cluster.Tests;

/// <summary>Restarts and drains nodes in order while calls speak. <c>PARLEY_LONG=1</c>: 100 calls.</summary>
public sealed class RollingRestartTests(LiveCluster cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task Calls_go_on_while_all_nodes_are_restarted_one_after_the_other()
    {
        await using var calls = await LiveCalls.OpenAsync(Cluster, Sizes.RollingCalls);

        await calls.AskUntilAsync(RestartAllAsync());

        await calls.AskAsync();
        calls.Check();
        // Each was on a node that was restarted.
        Assert.All(calls.All, static call => Assert.True(call.Reconnects > 0, call.ToString()));
        calls.Figures.Write($"{Sizes.RollingCalls} calls, rolling restart");
    }

    [Fact]
    public async Task Calls_leave_a_drained_node_and_go_on_elsewhere()
    {
        await using var calls = await LiveCalls.OpenAsync(Cluster, Sizes.RollingCalls);
        var node = Cluster.Nodes[2];
        // It drains until it is restarted, which the next test does.
        using (var admin = new Admin(Cluster.Nodes[0]))
            await calls.AskUntilAsync(DrainAsync(admin, node));

        await calls.AskAsync();
        calls.Check();
        Assert.NotEqual(0, calls.All.Sum(static call => call.Reconnects));
        calls.Figures.Write($"{Sizes.RollingCalls} calls, drained node");
        await node.StopAsync();
    }

    private async Task RestartAllAsync()
    {
        foreach (var node in Cluster.Nodes)
        {
            await node.StopAsync();
            await node.StartAsync();
        }
    }

    private static async Task DrainAsync(Admin admin, ClusterNode node)
    {
        await admin.DrainAsync(node.Name);
        using var own = new Admin(node);
        await Polling.UntilAsync(async () => await own.ConnectionsAsync() == 0, $"all calls have left {node.Name}");
    }
}

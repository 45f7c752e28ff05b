using Parley.Cluster.Tests.Harness;

namespace Parley.Cluster.Tests;

/// <summary>Kills nodes under live calls. <c>PARLEY_LONG=1</c>: 200 calls, twenty times.</summary>
public sealed class KilledNodeTests(LiveCluster cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task Calls_of_a_killed_node_continue_on_another_one_and_lose_or_repeat_no_turn_and_no_tool_response()
    {
        await using var calls = await LiveCalls.OpenAsync(Cluster, Sizes.Calls);
        for (var kill = 0; kill < Sizes.Kills; kill++)
        {
            var victim = Cluster.Nodes[kill % Cluster.Nodes.Count];
            var before = calls.All.Sum(static call => call.Reconnects);
            if (kill % 2 == 0)
                await KillInTheMiddleAsync(calls, victim, kill / 2);
            else
                await KillUnderLoadAsync(calls, victim);
            // Calls that were silent meanwhile too.
            await calls.AskAsync();
            Assert.True(calls.All.Sum(static call => call.Reconnects) > before, $"{victim.Name} had no call.");
            await victim.StartAsync();
        }

        calls.Check();
        calls.Figures.Write($"{Sizes.Calls} calls, {Sizes.Kills} kills");
    }

    /// <summary>Every other call is stopped in the middle of an answer or a function; the rest is silent.</summary>
    private async Task KillInTheMiddleAsync(LiveCalls calls, ClusterNode victim, int round)
    {
        var speaking = calls.All.Where(call => (call.Number / 2 + round) % 2 == 0).ToList();
        Cluster.Pauses.Hold();
        var asking = Task.WhenAll(speaking.Select(static call => call.AskAsync()));
        await Cluster.Pauses.WhenPausedAsync(speaking.Count, Cancellation);
        await victim.KillAsync();
        Cluster.Pauses.Release();
        await asking;
    }

    /// <summary>All calls have some turns; the node is killed at any place of them.</summary>
    private static async Task KillUnderLoadAsync(LiveCalls calls, ClusterNode victim)
    {
        const int Turns = 3;
        var before = calls.Turns;
        var asking = calls.AskAsync(Turns);
        await Polling.UntilAsync(() => Task.FromResult(calls.Turns - before > calls.All.Count * Turns / 2), "half of the turns are done");
        await victim.KillAsync();
        await asking;
    }
}

using Parley.Cluster.Tests.Harness;

namespace Parley.Cluster.Tests;

/// <summary>Stops a node with SIGSTOP while others take over its sessions. <c>PARLEY_LONG=1</c>: for 30 s.</summary>
public sealed class SuspendedNodeTests(LiveCluster cluster) : ClusterTest(cluster)
{
    private const int Sessions = 18;

    // All that a stale node might change.
    private const string StoredSessions =
        """
        SELECT (SELECT string_agg(s::text, chr(10) ORDER BY id) FROM parley.sessions s) || chr(10)
            || (SELECT string_agg(t::text, chr(10) ORDER BY session_id, serial) FROM parley.states t)
        """;

    [Fact]
    public async Task Node_that_was_suspended_writes_nothing_for_sessions_that_others_took_over_and_closes_their_connections_with_1008()
    {
        await using var calls = new RawCalls();
        try
        {
            for (var i = 0; i < Sessions; i++)
                calls.Add(await RawCall.OpenAsync(Cluster, i % 2 == 0 ? LiveCluster.LocalModel : LiveCluster.RelayedModel));
            await Task.WhenAll(calls.Select(static call => call.AskAsync()));
            var node = Cluster.Nodes[1];
            var old = calls.Where(call => call.Node == node.Name).ToList();
            Assert.Contains(old, static call => call.Model == LiveCluster.LocalModel);
            Assert.Contains(old, static call => call.Model == LiveCluster.RelayedModel);
            var handles = old.ConvertAll(static call => call.Handle);

            // They are answering: the node will want to store what follows.
            Cluster.Pauses.Hold();
            await Task.WhenAll(old.Select(static call => call.BeginAsync()));
            await Cluster.Pauses.WhenPausedAsync(old.Count, Cancellation);
            var suspended = TimeProvider.System.GetTimestamp();
            node.Suspend();
            Cluster.Pauses.Release();
            var resumed = new List<RawCall>();
            foreach (var (call, handle) in old.Zip(handles))
                resumed.Add(await RawCall.OpenAsync(Cluster, call.Model, handle, turns: 1));
            calls.AddRange(resumed);
            Assert.DoesNotContain(resumed, call => call.Node == node.Name);
            do
            {
                foreach (var call in resumed)
                    await call.AskAsync();
            }
            while (TimeProvider.System.GetElapsedTime(suspended) < Sizes.Suspended);

            var before = await Cluster.Database.ExecuteAsync(StoredSessions);
            node.Continue();
            foreach (var call in old)
            {
                var close = await call.Socket.ExpectCloseAsync(skipMessages: true, Cancellation);
                Assert.Equal((1008, "The operation was aborted"), (close.Code, close.Reason));
            }
            // Each of these connections has ended: whatever it was to store has been tried.
            using var admin = new Admin(node);
            var others = calls.Count(call => call.Node == node.Name) - old.Count;
            await Polling.UntilAsync(async () => await admin.ConnectionsAsync() == others, $"{node.Name} has released their sessions");

            Assert.Equal(before, await Cluster.Database.ExecuteAsync(StoredSessions));
            foreach (var call in resumed)
                await call.AskAsync();
        }
        finally
        {
            Cluster.Nodes[1].Continue();
        }
    }
}

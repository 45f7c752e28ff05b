namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="INodeStore"/> does.</summary>
public abstract class NodeStoreConformance(IStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Renewed_nodes_are_listed_by_name_with_their_sessions()
    {
        Assert.False(await One.Nodes.RenewAsync(Node("2", "b"), Cancellation));
        Assert.False(await Two.Nodes.RenewAsync(Node("1", "a") with { IsDraining = true }, Cancellation));
        Assert.True(await Two.Nodes.RenewAsync(Node("2", "b"), Cancellation));
        await One.Nodes.EnterAsync(Session("s", "2"), null, Cancellation);

        var nodes = await Two.Nodes.ListAsync(Cancellation);

        Assert.Equal([("1", "a", true, 0), ("2", "b", false, 1)], nodes.Select(static node => (node.Id, node.Name, node.IsDraining, node.Sessions)));
        Assert.All(nodes, node => Assert.Equal((true, "1.0", Now), (node.IsAlive, node.Version, node.Started)));
    }

    [Fact]
    public async Task Sessions_of_a_node_that_is_not_renewed_count_no_more_and_count_again_when_it_is()
    {
        await One.Nodes.RenewAsync(Node("1", "a"), Cancellation);
        await Two.Nodes.RenewAsync(Node("2", "b"), Cancellation);
        Assert.True(await One.Nodes.EnterAsync(Session("s1", "1"), 1, Cancellation));

        await ElapseAsync(INodeStore.NodeLifetime - TimeSpan.FromSeconds(1));
        await Two.Nodes.RenewAsync(Node("2", "b"), Cancellation);
        Assert.False(await Two.Nodes.EnterAsync(Session("s2", "2"), 1, Cancellation));
        await ElapseAsync(TimeSpan.FromSeconds(1.5));

        Assert.Empty(await Two.Nodes.ListSessionsAsync(Cancellation));
        Assert.Equal([false, true], (await Two.Nodes.ListAsync(Cancellation)).Select(static node => node.IsAlive));
        Assert.True(await Two.Nodes.EnterAsync(Session("s2", "2"), 1, Cancellation));
        Assert.False(await One.Nodes.RenewAsync(Node("1", "a"), Cancellation));
        Assert.True(await One.Nodes.RenewAsync(Node("1", "a"), Cancellation));
    }

    [Fact]
    public async Task Removed_node_and_its_sessions_are_gone()
    {
        await One.Nodes.RenewAsync(Node("1", "a"), Cancellation);
        await One.Nodes.EnterAsync(Session("s", "1"), null, Cancellation);

        await Two.Nodes.RemoveAsync("1", Cancellation);
        await Two.Nodes.RemoveAsync("unknown", Cancellation);

        Assert.Empty(await One.Nodes.ListAsync(Cancellation));
        Assert.Empty(await One.Nodes.ListSessionsAsync(Cancellation));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(7, 40)]
    public async Task Racing_sessions_of_a_key_are_limited_over_all_nodes(int max, int callers)
    {
        await RenewBothAsync();

        var entered = await RaceAsync(callers, (node, i) => node.Nodes.EnterAsync(Session($"s{i}", i % 2 == 0 ? "1" : "2"), max, Cancellation));

        Assert.Equal(max, entered.Count(static won => won));
        Assert.Equal(max, (await One.Nodes.ListSessionsAsync(Cancellation)).Count);
        Assert.True(await One.Nodes.EnterAsync(Session("other", "1") with { KeyId = "other" }, max, Cancellation));
        Assert.Equal([("k", max), ("other", 1)], (await Two.Nodes.CountSessionsAsync(Cancellation)).OrderBy(static count => count.Key).Select(static count => (count.Key, count.Value)));
    }

    [Fact]
    public async Task Session_is_listed_with_all_of_its_content()
    {
        await RenewBothAsync();
        var session = Session("s", "1") with { IsOnToken = true, IsResumed = true };

        Assert.True(await One.Nodes.EnterAsync(session, null, Cancellation));
        Assert.True(await Two.Nodes.EnterAsync(session, null, Cancellation));

        Assert.Equal(session, Assert.Single(await Two.Nodes.ListSessionsAsync(Cancellation)));
    }

    [Fact]
    public async Task Moved_session_counts_once_and_its_old_connection_cannot_remove_it()
    {
        await RenewBothAsync();
        var moved = Session("s", "2") with { ConnectionId = "second" };
        Assert.True(await One.Nodes.EnterAsync(Session("s", "1"), 1, Cancellation));

        Assert.True(await Two.Nodes.EnterAsync(moved, 1, Cancellation));
        await One.Nodes.LeaveAsync("s", "c-s", Cancellation);

        Assert.Equal(moved, Assert.Single(await One.Nodes.ListSessionsAsync(Cancellation)));
        await Two.Nodes.LeaveAsync("s", "second", Cancellation);
        Assert.Empty(await One.Nodes.ListSessionsAsync(Cancellation));
    }

    [Fact]
    public async Task Openings_of_a_key_are_counted_in_windows_of_a_minute()
    {
        var allowed = await RaceAsync(40, static async (node, _) => await node.Nodes.CountOpeningAsync("k", 7, Cancellation) is null);

        Assert.Equal(7, allowed.Count(static won => won));
        Assert.InRange((await One.Nodes.CountOpeningAsync("k", 7, Cancellation))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Null(await One.Nodes.CountOpeningAsync("other", 1, Cancellation));
        await ElapseAsync(TimeSpan.FromMinutes(1));
        Assert.Null(await Two.Nodes.CountOpeningAsync("k", 7, Cancellation));
    }

    [Fact]
    public async Task Signals_reach_all_nodes_in_order()
    {
        await using var one = Listen(One);
        await using var two = Listen(Two);
        await ReadAsync(one);
        await ReadAsync(two);

        await One.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, "s"), Cancellation);
        await One.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.DrainNode, "1"), Cancellation);

        foreach (var signals in (IAsyncEnumerator<NodeSignal>[])[one, two])
        {
            Assert.Equal(new NodeSignal(NodeSignalKind.EndSession, "s"), await ReadAsync(signals));
            Assert.Equal(new NodeSignal(NodeSignalKind.DrainNode, "1"), await ReadAsync(signals));
        }
    }

    [Fact]
    public async Task Session_that_moves_to_another_node_is_announced()
    {
        await RenewBothAsync();
        await using var signals = Listen(One);
        Assert.Equal(new NodeSignal(NodeSignalKind.Listening, ""), await ReadAsync(signals));

        await One.Nodes.EnterAsync(Session("s", "1"), null, Cancellation);
        await One.Nodes.EnterAsync(Session("s", "1") with { ConnectionId = "same node" }, null, Cancellation);
        await Two.Nodes.EnterAsync(Session("s", "2") with { ConnectionId = "new" }, 5, Cancellation);

        Assert.Equal(new NodeSignal(NodeSignalKind.SessionMoved, "s", "new"), await ReadAsync(signals));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Hostile_names_are_only_names(string name)
    {
        await One.Nodes.RenewAsync(Node(name, name), Cancellation);
        var session = Session(name, name) with { KeyId = name, Model = name, ConnectionId = name };
        await using var signals = Listen(Two);
        await ReadAsync(signals);

        Assert.True(await One.Nodes.EnterAsync(session, 1, Cancellation));
        Assert.Null(await One.Nodes.CountOpeningAsync(name, 1, Cancellation));
        await One.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, name), Cancellation);

        Assert.Equal(session, Assert.Single(await Two.Nodes.ListSessionsAsync(Cancellation)));
        Assert.NotNull(await Two.Nodes.CountOpeningAsync(name, 1, Cancellation));
        Assert.Equal(name, (await ReadAsync(signals)).Subject);
        await Two.Nodes.LeaveAsync(name, name, Cancellation);
        Assert.Empty(await One.Nodes.ListSessionsAsync(Cancellation));
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        await AssertCancelledAsync(token => One.Nodes.RenewAsync(Node("1", "a"), token).AsTask());
        await AssertCancelledAsync(token => One.Nodes.EnterAsync(Session("s", "1"), null, token).AsTask());
        await AssertCancelledAsync(token => One.Nodes.CountOpeningAsync("k", 1, token).AsTask());
        await AssertCancelledAsync(token => One.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, "s"), token).AsTask());

        Assert.Empty(await One.Nodes.ListAsync(Cancellation));
        Assert.Null(await One.Nodes.CountOpeningAsync("k", 1, Cancellation));
    }

    private LiveNode Node(string id, string name) => new() { Id = id, Name = name, Version = "1.0", Started = Now };

    private NodeSession Session(string id, string node) => new()
    {
        SessionId = id, ConnectionId = "c-" + id, NodeId = node, KeyId = "k", Model = "models/m", Started = Now, Until = Now.AddMinutes(10),
    };

    private async Task RenewBothAsync()
    {
        await One.Nodes.RenewAsync(Node("1", "a"), Cancellation);
        await Two.Nodes.RenewAsync(Node("2", "b"), Cancellation);
    }

    private static IAsyncEnumerator<NodeSignal> Listen(StoreNode node) => node.Nodes.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);

    private static async Task<NodeSignal> ReadAsync(IAsyncEnumerator<NodeSignal> signals)
    {
        Assert.True(await signals.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        return signals.Current;
    }
}

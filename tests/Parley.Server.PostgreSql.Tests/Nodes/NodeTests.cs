using Microsoft.Extensions.DependencyInjection;
using Parley.Server.PostgreSql.Nodes;
using Parley.Server.PostgreSql.Stores;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests.Nodes;

/// <summary>What the node store on PostgreSQL does beyond what every node store does.</summary>
public sealed class NodeTests(PostgresCluster cluster) : IAsyncLifetime
{
    private readonly PostgresStores _stores = new(cluster);
    private readonly TestClock _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Dead_node_is_listed_for_ten_minutes_and_then_deleted_with_its_sessions()
    {
        var (nodes, sweeper) = Open();
        await nodes.RenewAsync(Node("dead"), Cancellation);
        await nodes.EnterAsync(Session("s", "dead"), null, Cancellation);
        await nodes.CountOpeningAsync("k", 5, Cancellation);

        await _stores.ElapseAsync(_time, INodeStore.NodeLifetime + TimeSpan.FromMinutes(9.9));
        await nodes.RenewAsync(Node("alive"), Cancellation);
        await nodes.EnterAsync(Session("t", "alive"), null, Cancellation);
        await sweeper.SweepAsync(Cancellation);
        Assert.Equal(["alive", "dead"], (await nodes.ListAsync(Cancellation)).Select(static node => node.Id));
        await _stores.ElapseAsync(_time, TimeSpan.FromSeconds(10));
        await sweeper.SweepAsync(Cancellation);

        Assert.Equal("alive", Assert.Single(await nodes.ListAsync(Cancellation)).Id);
        Assert.Equal("t", await cluster.ExecuteAsync($"SELECT string_agg(session_id, ',') FROM {_stores.Schema}.node_sessions"));
        Assert.Equal(0L, await cluster.ExecuteAsync($"SELECT count(*) FROM {_stores.Schema}.key_opens"));
    }

    [Fact]
    public async Task Change_of_a_key_is_announced_and_a_change_of_no_key_is_not()
    {
        var (nodes, _) = Open();
        var keys = _stores.Open().GetRequiredService<IKeyStore>();
        await keys.AddAsync(Key("k"), Cancellation);
        await using var signals = nodes.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await ReadAsync(signals);

        Assert.False(await keys.RevokeAsync("unknown", DateTimeOffset.UnixEpoch, Cancellation));
        Assert.True(await keys.SetLimitsAsync("k", new KeyLimits { MaxSessions = 1 }, Cancellation));
        Assert.True(await keys.RevokeAsync("k", DateTimeOffset.UnixEpoch, Cancellation));

        Assert.Equal(new NodeSignal(NodeSignalKind.KeyChanged, "k"), await ReadAsync(signals));
        Assert.Equal(new NodeSignal(NodeSignalKind.KeyChanged, "k"), await ReadAsync(signals));
    }

    [Fact]
    public async Task Signals_that_this_version_does_not_know_are_ignored()
    {
        var (nodes, _) = Open();
        await using var signals = nodes.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await ReadAsync(signals);

        foreach (var payload in (string[])["", "text", "[]", "1", "{}", """{"kind":"Rebalance","subject":"s"}""", """{"kind":"1","subject":"s"}""", """{"kind":1,"subject":"s"}""", """{"kind":"EndSession"}""", """{"kind":"EndSession","subject":"\ud800"}"""])
            await cluster.ExecuteAsync($"SELECT pg_notify('{_stores.Schema}', '{payload}')");
        await cluster.ExecuteAsync($$$"""SELECT pg_notify('{{{_stores.Schema}}}', '{"subject":"s","since":[1],"kind":"EndSession"}')""");

        Assert.Equal(new NodeSignal(NodeSignalKind.EndSession, "s"), await ReadAsync(signals));
    }

    [Fact]
    public async Task Change_with_a_name_that_is_too_long_asks_for_a_check_of_everything_and_a_command_with_one_fails()
    {
        var (nodes, _) = Open();
        var fits = new string('x', SignalPayload.MaxBytes - """{"kind":"EndSession","subject":""}""".Length);
        await using var signals = nodes.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await ReadAsync(signals);

        await nodes.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, fits), Cancellation);
        await nodes.SignalAsync(new NodeSignal(NodeSignalKind.KeyChanged, new string('€', 3_000)), Cancellation);
        await Assert.ThrowsAsync<StorageException>(() => nodes.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, fits + "x"), Cancellation).AsTask());

        Assert.Equal(new NodeSignal(NodeSignalKind.EndSession, fits), await ReadAsync(signals));
        Assert.Equal(NodeSignalKind.Listening, (await ReadAsync(signals)).Kind);
    }

    [Fact]
    public async Task Limit_of_a_key_holds_in_a_database_whose_transactions_are_serializable()
    {
        await cluster.ExecuteAsync("CREATE ROLE strict SUPERUSER LOGIN PASSWORD 'strict'; ALTER ROLE strict SET default_transaction_isolation = 'serializable'");
        var servers = Enumerable.Range(0, 2).Select(_ => _stores.Open(configureOne: options =>
            options.ConnectionString = cluster.ConnectionString + ";Username=strict;Password=strict").GetRequiredService<INodeStore>()).ToList();
        await servers[0].RenewAsync(Node("n"), Cancellation);

        var entered = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => servers[i % 2].EnterAsync(Session($"s{i}", "n"), 3, Cancellation).AsTask()));

        Assert.Equal(3, entered.Count(static won => won));
    }

    [Fact]
    public async Task Lost_connection_ends_the_signals_and_listening_again_works()
    {
        var (nodes, _) = Open();
        await using (var signals = nodes.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation))
        {
            await ReadAsync(signals);
            await cluster.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN {_stores.Schema}'");
            await Assert.ThrowsAsync<StorageException>(() => ReadAsync(signals));
        }

        await using var again = nodes.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        Assert.Equal(NodeSignalKind.Listening, (await ReadAsync(again)).Kind);
        Assert.Contains(_stores.Logs.Entries, static entry => entry.EventId.Id == EventIds.SignalsLost);
    }

    private (INodeStore Nodes, Sweeper Sweeper) Open()
    {
        var server = _stores.Open(_time);
        return (server.GetRequiredService<INodeStore>(), server.GetRequiredService<Sweeper>());
    }

    private LiveNode Node(string id) => new() { Id = id, Name = id, Version = "1.0", Started = _time.GetUtcNow() };

    private NodeSession Session(string id, string node) => new()
    {
        SessionId = id, ConnectionId = "c", NodeId = node, KeyId = "k", Model = "models/m", Started = _time.GetUtcNow(), Until = _time.GetUtcNow(),
    };

    private static StoredKey Key(string id) => new(new VirtualKey { Id = id, Name = id, Created = DateTimeOffset.UnixEpoch }, new byte[32]);

    private static async Task<NodeSignal> ReadAsync(IAsyncEnumerator<NodeSignal> signals)
    {
        Assert.True(await signals.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        return signals.Current;
    }
}

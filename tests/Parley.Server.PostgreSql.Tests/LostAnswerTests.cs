using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>The connection is lost after the database committed and before it answered: each operation is repeated, and takes effect once.</summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private readonly PostgresCluster _cluster;
    private readonly PostgresStores _stores;
    private readonly CuttingProxy _proxy;
    private ServiceProvider _cut = null!;

    public LostAnswerTests(PostgresCluster cluster) => (_cluster, _stores, _proxy) = (cluster, new PostgresStores(cluster), new CuttingProxy(cluster.Port));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var port = string.Create(CultureInfo.InvariantCulture, $";Port={_proxy.Port};No Reset On Close=true");
        _cut = _stores.Open(configureOne: options => options.ConnectionString += port);
        // A connection is in the pool, so that the next answer is to what a test asks.
        await _cut.GetRequiredService<IKeyStore>().AnyAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Use_of_a_token_counts_once()
    {
        var tokens = _cut.GetRequiredService<ITokenStore>();
        await tokens.AddAsync(Token("t", uses: 2), Cancellation);

        Assert.True(await CutAsync(() => tokens.RedeemAsync("t", "a", Cancellation)));

        Assert.True(await tokens.RedeemAsync("t", "b", Cancellation));
        Assert.False(await tokens.RedeemAsync("t", "c", Cancellation));
        await CutAsync(async () => { await tokens.ReturnAsync("t", "a", Cancellation); return true; });
        Assert.True(await tokens.RedeemAsync("t", "c", Cancellation));
        Assert.False(await tokens.RedeemAsync("t", "d", Cancellation));
    }

    [Fact]
    public async Task Batch_of_usage_is_added_once()
    {
        var (usage, day) = (_cut.GetRequiredService<IUsageStore>(), new DateOnly(2026, 11, 22));

        await CutAsync(async () => { await usage.AddAsync(new UsageBatch("w", 1, new UsageSums([new DayUsage(day, "k") { Sessions = 3 }], [])), Cancellation); return true; });

        Assert.Equal(3, Assert.Single((await usage.LoadAsync(day, Cancellation)).Usage).Sessions);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    public async Task Checkpoint_is_saved_once(bool hasMedia, int answer)
    {
        var sessions = _cut.GetRequiredService<ISessionStore>();
        ReadOnlyMemory<byte>?[] media = hasMedia ? ["sound"u8.ToArray()] : [];

        Assert.True(await CutAsync(() => sessions.SaveAsync(Checkpoint("s", media), Cancellation), answer));

        Assert.Equal(media.Length, (await sessions.FindAsync("s", 1, Cancellation))!.State.Serialize().Media.Count(static item => item is not null));
        Assert.Equal(1L, await _cluster.ExecuteAsync($"SELECT count(*) FROM {_stores.Schema}.states"));
    }

    [Fact]
    public async Task Claim_raises_the_epoch()
    {
        var sessions = _cut.GetRequiredService<ISessionStore>();
        await sessions.SaveAsync(Checkpoint("s"), Cancellation);

        var epoch = await CutAsync(() => sessions.ClaimAsync("s", Cancellation));

        Assert.Equal(epoch, (await sessions.FindAsync("s", 1, Cancellation))!.Epoch);
        Assert.True(await sessions.SaveAsync(Checkpoint("s") with { Epoch = epoch!.Value, Serial = 2, IsFirst = false }, Cancellation));
    }

    [Fact]
    public async Task Session_is_entered_once_and_its_move_is_announced_once()
    {
        var (nodes, other) = (_cut.GetRequiredService<INodeStore>(), _stores.Open().GetRequiredService<INodeStore>());
        await other.RenewAsync(Node("old"), Cancellation);
        await other.RenewAsync(Node("new"), Cancellation);
        await other.EnterAsync(Session("s", "old"), 1, Cancellation);
        await using var signals = other.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await signals.MoveNextAsync();

        Assert.True(await CutAsync(() => nodes.EnterAsync(Session("s", "new"), 1, Cancellation)));

        await other.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, "last"), Cancellation);
        Assert.False(await nodes.EnterAsync(Session("t", "new"), 1, Cancellation));
        Assert.Equal([("new", 1), ("old", 0)], (await nodes.ListAsync(Cancellation)).Select(static node => (node.Id, node.Sessions)));
        foreach (var kind in (NodeSignalKind[])[NodeSignalKind.SessionMoved, NodeSignalKind.EndSession])
        {
            Assert.True(await signals.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
            Assert.Equal(kind, signals.Current.Kind);
        }
    }

    [Fact]
    public async Task Opening_counts_once()
    {
        var nodes = _cut.GetRequiredService<INodeStore>();

        Assert.Null(await CutAsync(() => nodes.CountOpeningAsync("k", 2, Cancellation)));
        Assert.Null(await CutAsync(() => nodes.CountOpeningAsync("k", 2, Cancellation)));

        Assert.NotNull(await nodes.CountOpeningAsync("k", 2, Cancellation));
    }

    [Fact]
    public async Task Renewal_of_a_new_node_says_that_it_was_not_alive()
    {
        var nodes = _cut.GetRequiredService<INodeStore>();

        Assert.False(await CutAsync(() => nodes.RenewAsync(Node("n"), Cancellation)));

        Assert.True(await nodes.RenewAsync(Node("n"), Cancellation));
    }

    [Fact]
    public async Task Key_is_changed()
    {
        var keys = _cut.GetRequiredService<IKeyStore>();
        await keys.AddAsync(new StoredKey(new VirtualKey { Id = "k", Name = "k", Created = DateTimeOffset.UnixEpoch }, new byte[32]), Cancellation);

        Assert.True(await CutAsync(() => keys.RevokeAsync("k", DateTimeOffset.UnixEpoch, Cancellation)));

        Assert.Equal(DateTimeOffset.UnixEpoch, (await keys.FindAsync("k", Cancellation))!.Key.Revoked);
    }

    private async Task<T> CutAsync<T>(Func<ValueTask<T>> operation, int answer = 1)
    {
        var before = _proxy.Cuts;
        _proxy.CutAnswer(answer);
        var result = await operation();
        Assert.Equal(before + 1, _proxy.Cuts);
        return result;
    }

    private static SessionCheckpoint Checkpoint(string id, params ReadOnlyMemory<byte>?[] media) => new()
    {
        SessionId = id,
        Epoch = 0,
        Serial = 1,
        IsFirst = true,
        Model = "models/one",
        Owner = "owner",
        CredentialId = "",
        Started = TimeProvider.System.GetUtcNow(),
        Expires = TimeProvider.System.GetUtcNow().AddHours(1),
        State = new CheckpointState("text", new StoredCheckpoint("state"u8.ToArray(), media)),
    };

    private static LiveNode Node(string id) => new() { Id = id, Name = id, Version = "1.0", Started = DateTimeOffset.UnixEpoch };

    private static NodeSession Session(string id, string node) => new()
    {
        SessionId = id, ConnectionId = "c-" + node, NodeId = node, KeyId = "k", Model = "models/m", Started = DateTimeOffset.UnixEpoch, Until = DateTimeOffset.UnixEpoch,
    };

    private static EphemeralToken Token(string id, int uses) => new()
    {
        Id = id,
        Owner = "owner",
        KeyId = "key",
        Uses = uses,
        ExpireTime = DateTimeOffset.MaxValue,
        NewSessionExpireTime = DateTimeOffset.MaxValue,
        Setup = null,
        FieldMask = [],
    };
}

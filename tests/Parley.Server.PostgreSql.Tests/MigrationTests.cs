using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using Parley.Server.PostgreSql.Stores;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>Tables are created once, upgraded while other servers run, and refused if they are too new.</summary>
public sealed class MigrationTests(PostgresCluster cluster) : IAsyncLifetime
{
    /// <summary>Executions after which a statement is prepared, so that an upgrade could invalidate it.</summary>
    private const int Prepared = 6;

    private readonly PostgresStores _stores = new(cluster);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Servers_that_start_together_create_the_tables_once()
    {
        var servers = Enumerable.Range(0, 8).Select(_ => _stores.Open().GetRequiredService<IKeyStore>()).ToList();

        var found = await Task.WhenAll(servers.Select(static keys => Task.Run(() => keys.AnyAsync(Cancellation).AsTask(), Cancellation)));

        Assert.All(found, Assert.False);
        Assert.Equal(1L, await cluster.ExecuteAsync($"SELECT count(*) FROM {_stores.Schema}.schema_version"));
        Assert.Single(_stores.Logs.Entries, static entry => entry.EventId.Id == EventIds.DatabaseMigrated);
    }

    [Fact]
    public async Task Server_goes_on_while_a_newer_one_upgrades_and_starts_again_afterwards()
    {
        var old = _stores.Open().GetRequiredService<IKeyStore>();
        await old.AddAsync(Key("before"), Cancellation);
        (string, int)[] newer = [.. Migrations.Steps, ("ALTER TABLE keys ADD COLUMN note text NOT NULL DEFAULT ''", Migrations.Steps.Length)];

        Assert.Equal((Migrations.Steps.Length, newer.Length), await ApplyAsync(newer));
        await old.AddAsync(Key("during"), Cancellation);
        var restarted = _stores.Open().GetRequiredService<IKeyStore>();
        await restarted.AddAsync(Key("after"), Cancellation);

        Assert.Equal(3, (await old.ListAsync(Cancellation)).Count);
        Assert.Equal(newer.Length, await cluster.ExecuteAsync($"SELECT version FROM {_stores.Schema}.schema_version"));
    }

    [Fact]
    public async Task All_stores_of_two_versions_work_side_by_side_and_one_version_back()
    {
        // What a release may do: new columns with defaults, tables and indexes. The one after it removes what only the old one used.
        (string, int)[] newer =
        [
            .. Migrations.Steps,
            (
                """
                ALTER TABLE keys ADD COLUMN note text NOT NULL DEFAULT ''; ALTER TABLE tokens ADD COLUMN note text NOT NULL DEFAULT '';
                ALTER TABLE token_uses ADD COLUMN at timestamptz DEFAULT clock_timestamp(); ALTER TABLE sessions ADD COLUMN region text;
                ALTER TABLE states ADD COLUMN created timestamptz NOT NULL DEFAULT clock_timestamp(); ALTER TABLE media ADD COLUMN kind text;
                ALTER TABLE state_media ADD COLUMN kind text; ALTER TABLE usage_daily ADD COLUMN cached_tokens bigint NOT NULL DEFAULT 0;
                ALTER TABLE closes_daily ADD COLUMN note text; ALTER TABLE usage_writers ADD COLUMN node text; ALTER TABLE secrets ADD COLUMN note text;
                ALTER TABLE key_ring ADD COLUMN note text; ALTER TABLE nodes ADD COLUMN address text NOT NULL DEFAULT '';
                ALTER TABLE node_sessions ADD COLUMN region text; ALTER TABLE key_opens ADD COLUMN burst int NOT NULL DEFAULT 0;
                CREATE TABLE regions(name text PRIMARY KEY); CREATE INDEX sessions_by_region ON sessions(region)
                """,
                Migrations.Steps.Length),
        ];
        var running = _stores.Open();
        for (var round = 0; round < Prepared; round++)
            await UseAllAsync(running, running, $"before{round}");

        await ApplyAsync(newer);
        var started = _stores.Open();
        await UseAllAsync(running, started, "running");
        await UseAllAsync(started, running, "started");

        Assert.Equal((newer.Length, newer.Length), await ApplyAsync(Migrations.Steps));
        Assert.Equal((newer.Length, newer.Length), await ApplyAsync(newer));
    }

    [Fact]
    public async Task Tables_that_this_version_cannot_use_are_refused()
    {
        await _stores.Open().GetRequiredService<IKeyStore>().AnyAsync(Cancellation);
        await ApplyAsync([.. Migrations.Steps, ("ALTER TABLE keys DROP COLUMN models", Migrations.Steps.Length + 1)]);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _stores.Open().GetRequiredService<IKeyStore>().AnyAsync(Cancellation).AsTask());

        Assert.Contains("was written by a newer version of Parley", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_upgrade_changes_nothing()
    {
        await _stores.Open().GetRequiredService<IKeyStore>().AnyAsync(Cancellation);

        await Assert.ThrowsAsync<PostgresException>(() => ApplyAsync([.. Migrations.Steps, ("ALTER TABLE keys ADD COLUMN note text; SELECT 1 / 0", 1)]));

        Assert.Equal(Migrations.Steps.Length, await cluster.ExecuteAsync($"SELECT version FROM {_stores.Schema}.schema_version"));
        Assert.Equal(0L, await cluster.ExecuteAsync($"SELECT count(*) FROM information_schema.columns WHERE table_schema = '{_stores.Schema}' AND column_name = 'note'"));
    }

    /// <summary>Writes with one server and reads with another, each store once.</summary>
    private static async Task UseAllAsync(ServiceProvider one, ServiceProvider two, string id)
    {
        await one.GetRequiredService<IKeyStore>().AddAsync(Key(id), Cancellation);
        Assert.True(await two.GetRequiredService<IKeyStore>().RevokeAsync(id, DateTimeOffset.UnixEpoch, Cancellation));
        Assert.Equal(DateTimeOffset.UnixEpoch, (await one.GetRequiredService<IKeyStore>().FindAsync(id, Cancellation))!.Key.Revoked);

        await one.GetRequiredService<ITokenStore>().AddAsync(
            new EphemeralToken
            {
                Id = id, Owner = "o", KeyId = "k", Uses = 1, ExpireTime = DateTimeOffset.MaxValue, NewSessionExpireTime = DateTimeOffset.MaxValue, Setup = null, FieldMask = [],
            },
            Cancellation);
        Assert.NotNull(await two.GetRequiredService<ITokenStore>().FindAsync(id, Cancellation));
        Assert.True(await two.GetRequiredService<ITokenStore>().RedeemAsync(id, "use", Cancellation));
        Assert.False(await one.GetRequiredService<ITokenStore>().RedeemAsync(id, "other", Cancellation));

        var checkpoint = new SessionCheckpoint
        {
            SessionId = id, Epoch = 0, Serial = 1, IsFirst = true, Model = "m", Owner = "o", CredentialId = "", Started = DateTimeOffset.UnixEpoch, Expires = DateTimeOffset.MaxValue,
            State = new CheckpointState("text", new StoredCheckpoint("state"u8.ToArray(), ["picture"u8.ToArray()])),
        };
        Assert.True(await one.GetRequiredService<ISessionStore>().SaveAsync(checkpoint, Cancellation));
        Assert.Equal("picture"u8.ToArray(), (await two.GetRequiredService<ISessionStore>().FindAsync(id, 1, Cancellation))!.State.Serialize().Media[0]!.Value.ToArray());
        Assert.Equal(1, await two.GetRequiredService<ISessionStore>().ClaimAsync(id, Cancellation));
        Assert.False(await one.GetRequiredService<ISessionStore>().SaveAsync(checkpoint with { Serial = 2 }, Cancellation));

        var day = new DateOnly(2026, 11, 22);
        foreach (var server in (ServiceProvider[])[one, two])
            await server.GetRequiredService<IUsageStore>().AddAsync(new UsageBatch(id, 1, new UsageSums([new DayUsage(day, id) { Sessions = 1 }], [new DayCloses(day, id, 1000, "client", 1)])), Cancellation);
        Assert.Equal(1, Assert.Single(await two.GetRequiredService<IUsageStore>().FindAsync(day, [id], Cancellation)).Sessions);

        await one.GetRequiredService<INodeStore>().RenewAsync(new LiveNode { Id = id, Name = id, Version = "1.0", Started = DateTimeOffset.UnixEpoch }, Cancellation);
        var session = new NodeSession { SessionId = id, ConnectionId = "c", NodeId = id, KeyId = id, Model = "m", Started = DateTimeOffset.UnixEpoch, Until = DateTimeOffset.UnixEpoch };
        Assert.True(await two.GetRequiredService<INodeStore>().EnterAsync(session, 1, Cancellation));
        Assert.False(await one.GetRequiredService<INodeStore>().EnterAsync(session with { SessionId = id + "+" }, 1, Cancellation));
        Assert.Null(await one.GetRequiredService<INodeStore>().CountOpeningAsync(id, 1, Cancellation));
        Assert.NotNull(await two.GetRequiredService<INodeStore>().CountOpeningAsync(id, 1, Cancellation));
        await using var signals = two.GetRequiredService<INodeStore>().ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await signals.MoveNextAsync());
        await one.GetRequiredService<INodeStore>().SignalAsync(new NodeSignal(NodeSignalKind.EndSession, id), Cancellation);
        Assert.True(await signals.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.Equal(id, signals.Current.Subject);

        var keys = await Task.WhenAll(new[] { one, two }.Select(static server => server.GetRequiredService<ISecretStore>().GetKeyAsync("purpose", Cancellation).AsTask()));
        Assert.Equal(keys[0].ToArray(), keys[1].ToArray());
        await two.GetRequiredService<Sweeper>().SweepAsync(Cancellation);
    }

    private async Task<(int From, int To)> ApplyAsync((string Sql, int Oldest)[] steps)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString + $";Search Path={_stores.Schema};Pooling=false");
        return await Migrations.ApplyAsync(source, _stores.Schema, "the database", steps, Cancellation);
    }

    private static StoredKey Key(string id) => new(new VirtualKey { Id = id, Name = id, Created = DateTimeOffset.UnixEpoch }, new byte[32]);
}

using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>Tables are created once, upgraded while other servers run, and refused if they are too new.</summary>
public sealed class MigrationTests(PostgresCluster cluster) : IAsyncLifetime
{
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

    private async Task<(int From, int To)> ApplyAsync((string Sql, int Oldest)[] steps)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString + $";Search Path={_stores.Schema};Pooling=false");
        return await Migrations.ApplyAsync(source, _stores.Schema, "the database", steps, Cancellation);
    }

    private static StoredKey Key(string id) => new(new VirtualKey { Id = id, Name = id, Created = DateTimeOffset.UnixEpoch }, new byte[32]);
}

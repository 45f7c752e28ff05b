using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using Parley.Server.PostgreSql.Stores;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>Checkpoints that wait are saved together, and one cannot harm the others.</summary>
public sealed class SaveQueueTests(PostgresCluster cluster) : IAsyncLifetime
{
    private readonly PostgresStores _stores = new(cluster, static options => options.StatementTimeout = TimeSpan.FromMinutes(1));
    private ServiceProvider _server = null!;
    private ISessionStore _sessions = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = _stores.Open();
        _sessions = _server.GetRequiredService<ISessionStore>();
        await _sessions.SaveAsync(Checkpoint("first"), Cancellation);
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Checkpoints_that_wait_go_together()
    {
        const int Alone = SaveQueue.MaxBatches, Batches = 4;
        Task<bool>[] saving;
        await using (await LockAsync("LOCK TABLE {0}.states IN EXCLUSIVE MODE"))
            saving = SaveAll(Enumerable.Range(0, Alone + (Batches * SaveQueue.MaxBatch)).Select(static i => Checkpoint($"s{i}")));

        Assert.All(await Task.WhenAll(saving), Assert.True);

        Assert.Equal((long)(Alone + Batches), await cluster.ExecuteAsync($"SELECT count(DISTINCT xmin::text) FROM {_stores.Schema}.states WHERE session_id <> 'first'"));
        Assert.Equal((long)saving.Length, await cluster.ExecuteAsync($"SELECT count(*) FROM {_stores.Schema}.states WHERE session_id <> 'first'"));
    }

    [Fact]
    public async Task Large_checkpoints_go_one_by_one()
    {
        const int Alone = SaveQueue.MaxBatches, Large = 4;
        var data = new byte[(SaveQueue.MaxBatchBytes / 2) + 1];
        new Random(15).NextBytes(data);
        var state = new CheckpointState("text", new StoredCheckpoint(data, []));
        Task<bool>[] saving;
        await using (await LockAsync("LOCK TABLE {0}.states IN EXCLUSIVE MODE"))
            saving = SaveAll(Enumerable.Range(0, Alone + Large).Select(i => Checkpoint($"s{i}") with { State = state }));

        Assert.All(await Task.WhenAll(saving), Assert.True);

        Assert.Equal((long)(Alone + Large), await cluster.ExecuteAsync($"SELECT count(DISTINCT xmin::text) FROM {_stores.Schema}.states WHERE session_id <> 'first'"));
    }

    [Fact]
    public async Task Locked_sessions_do_not_delay_others()
    {
        const int Locked = SaveQueue.MaxBatches + 1;
        await Task.WhenAll(SaveAll(Enumerable.Range(0, 100).Select(static i => Checkpoint($"s{i}"))));
        Task<bool>[] locked;
        await using (await LockAsync($"SELECT FROM {{0}}.sessions WHERE id IN ({string.Join(',', Enumerable.Range(0, Locked).Select(static i => $"'s{i}'"))}) FOR UPDATE"))
        {
            var saving = SaveAll(Enumerable.Range(0, 100).Select(static i => Checkpoint($"s{i}", 2)));
            locked = saving[..Locked];
            Assert.All(await Task.WhenAll(saving[Locked..]), Assert.True);
            Assert.All(locked, static save => Assert.False(save.IsCompleted));
        }

        Assert.All(await Task.WhenAll(locked), Assert.True);
    }

    [Fact]
    public async Task Checkpoint_that_the_database_refuses_and_one_of_an_old_epoch_do_not_affect_others()
    {
        _stores.Logs.AllowErrors(static entry => entry.EventId.Id == EventIds.DatabaseFailed);
        // Not compressible, and longer than an entry of an index may be.
        var tooLong = string.Concat(Enumerable.Range(0, 200).Select(static i => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([(byte)i]))));
        await _sessions.SaveAsync(Checkpoint("moved"), Cancellation);
        await _sessions.ClaimAsync("moved", Cancellation);
        Task<bool>[] saving;
        await using (await LockAsync("LOCK TABLE {0}.states IN EXCLUSIVE MODE"))
        {
            saving = SaveAll([
                .. Enumerable.Range(0, SaveQueue.MaxBatches).Select(static i => Checkpoint($"a{i}")),
                Checkpoint("b"), Checkpoint(tooLong), Checkpoint("moved", 2), Checkpoint("c"), Checkpoint("c", 2),
            ]);
        }

        await Assert.ThrowsAsync<StorageException>(() => saving[SaveQueue.MaxBatches + 1]);
        Assert.False(await saving[SaveQueue.MaxBatches + 2]);
        foreach (var (id, serial) in ((string, long)[])[("a0", 1), ("b", 1), ("c", 1), ("c", 2)])
            Assert.NotNull(await _sessions.FindAsync(id, serial, Cancellation));
        Assert.Null(await _sessions.FindAsync("moved", 2, Cancellation));
    }

    [Fact]
    public async Task Checkpoints_beyond_the_bound_are_refused_while_the_database_stands_still()
    {
        var queue = new SaveQueue(_server.GetRequiredService<PostgresDatabase>(), NullLogger<SaveQueue>.Instance) { MaxWaiting = 2 };
        List<Task<bool>> saving;
        await using (await LockAsync("LOCK TABLE {0}.states IN EXCLUSIVE MODE"))
        {
            saving = [.. Enumerable.Range(0, SaveQueue.MaxBatches + 2).Select(i => queue.SaveAsync(new PendingSave(Checkpoint($"s{i}"), StateEncoding.Plain, [])))];
            await Assert.ThrowsAsync<StorageException>(() => queue.SaveAsync(new PendingSave(Checkpoint("more"), StateEncoding.Plain, [])));
        }

        Assert.All(await Task.WhenAll(saving), Assert.True);
    }

    private Task<bool>[] SaveAll(IEnumerable<SessionCheckpoint> checkpoints) => [.. checkpoints.Select(checkpoint => _sessions.SaveAsync(checkpoint, Cancellation).AsTask())];

    private async Task<NpgsqlConnection> LockAsync(string sql)
    {
        var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("BEGIN; " + string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, _stores.Schema), connection);
        await command.ExecuteNonQueryAsync(Cancellation);
        return connection;
    }

    private static SessionCheckpoint Checkpoint(string id, long serial = 1) => new()
    {
        SessionId = id,
        Epoch = 0,
        Serial = serial,
        IsFirst = serial == 1,
        Model = "models/one",
        Owner = "owner",
        CredentialId = "",
        Started = DateTimeOffset.UnixEpoch,
        Expires = DateTimeOffset.MaxValue,
        State = new CheckpointState("text", new StoredCheckpoint("state"u8.ToArray(), [])),
    };
}

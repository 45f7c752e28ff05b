using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using Parley.Server.PostgreSql.Stores;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>What the stores do while the database is away, restarts, is slow, or has no connection left.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private readonly PostgresCluster _cluster = new();
    private readonly TestClock _time = new();
    private PostgresStores _stores = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _cluster.InitializeAsync();
        _stores = new PostgresStores(_cluster, static options => options.StatementTimeout = options.ConnectTimeout = TimeSpan.FromSeconds(1));
        _stores.Logs.AllowErrors(static entry => entry.EventId.Id is EventIds.DatabaseAway or EventIds.DatabaseFailed);
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopped_database_refuses_at_once_and_is_used_again_when_it_is_back(bool kill)
    {
        var server = _stores.Open(_time);
        var (keys, health) = (server.GetRequiredService<IKeyStore>(), server.GetServices<ILiveHealthPart>().Single(static part => part.Name == "storage"));
        await keys.AddAsync(Key("k"), Cancellation);
        Assert.True(health.IsReady);

        await _cluster.StopAsync(kill);
        await FailsAsync(() => keys.FindAsync("k", Cancellation).AsTask());
        Assert.False(health.IsReady);
        Assert.EndsWith("cannot be reached", health.State, StringComparison.Ordinal);
        // Without an attempt to connect.
        Assert.Equal($"{server.GetRequiredService<PostgresDatabase>().Name} cannot be reached.", (await FailsAsync(() => keys.FindAsync("k", Cancellation).AsTask())).Message);
        await _cluster.StartAsync();
        await _time.AdvanceUntilAsync(_stores.Logs.FirstAsync(static entry => entry.EventId.Id == EventIds.DatabaseBack, "the database answers again", Cancellation), PostgresDatabase.ProbeInterval);

        Assert.True(health.IsReady);
        Assert.NotNull(await keys.FindAsync("k", Cancellation));
    }

    [Fact]
    public async Task Writes_that_were_confirmed_survive_a_crash_of_the_database()
    {
        var server = _stores.Open();
        var usage = server.GetRequiredService<IUsageStore>();
        var day = new DateOnly(2026, 11, 22);
        for (var i = 1; i <= 50; i++)
            await usage.AddAsync(new UsageBatch("w", i, new UsageSums([new DayUsage(day, "k") { Sessions = 1 }], [])), Cancellation);

        await _cluster.StopAsync(kill: true);
        await _cluster.StartAsync();

        var sums = await _stores.Open().GetRequiredService<IUsageStore>().LoadAsync(day, Cancellation);
        Assert.Equal(50, Assert.Single(sums.Usage).Sessions);
    }

    [Fact]
    public async Task Connections_that_the_database_closed_are_replaced_within_one_call()
    {
        var server = _stores.Open();
        var tokens = server.GetRequiredService<ITokenStore>();
        await tokens.AddAsync(Token("t", uses: 1), Cancellation);

        await _cluster.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley'");

        Assert.True(await tokens.RedeemAsync("t", "use", Cancellation));
        Assert.DoesNotContain(_stores.Logs.Entries, static entry => entry.EventId.Id is EventIds.DatabaseAway or EventIds.DatabaseFailed);
    }

    [Fact]
    public async Task Statement_that_waits_for_too_long_is_ended_and_leaves_the_store_usable()
    {
        var server = _stores.Open();
        var tokens = server.GetRequiredService<ITokenStore>();
        await tokens.AddAsync(Token("t", uses: 1), Cancellation);
        await using (await LockAsync($"SELECT 1 FROM {_stores.Schema}.tokens FOR UPDATE"))
            await FailsAsync(() => tokens.RedeemAsync("t", "use", Cancellation).AsTask());

        Assert.True(await tokens.RedeemAsync("t", "use", Cancellation));
        Assert.False(server.GetRequiredService<PostgresDatabase>().IsAway);
    }

    [Fact]
    public async Task Exhausted_pool_refuses_one_more_call_and_leaves_the_store_usable()
    {
        var server = _stores.Open(configureOne: static options => (options.MaxConnections, options.StatementTimeout) = (2, TimeSpan.FromMinutes(1)));
        var (tokens, keys) = (server.GetRequiredService<ITokenStore>(), server.GetRequiredService<IKeyStore>());
        await tokens.AddAsync(Token("t", uses: 2), Cancellation);
        Task<bool>[] waiting;
        await using (await LockAsync($"SELECT 1 FROM {_stores.Schema}.tokens FOR UPDATE"))
        {
            waiting = [.. Enumerable.Range(0, 2).Select(i => tokens.RedeemAsync("t", $"use{i}", Cancellation).AsTask())];
            await FailsAsync(() => keys.AnyAsync(Cancellation).AsTask());
        }

        Assert.All(await Task.WhenAll(waiting), Assert.True);
        Assert.False(await keys.AnyAsync(Cancellation));
    }

    [Fact]
    public async Task Operation_whose_connection_an_administrator_ends_is_repeated()
    {
        var tokens = _stores.Open(configureOne: Patient).GetRequiredService<ITokenStore>();
        await tokens.AddAsync(Token("t", uses: 1), Cancellation);
        Task<bool> redeeming;
        await using (await LockAsync($"SELECT 1 FROM {_stores.Schema}.tokens FOR UPDATE"))
        {
            redeeming = tokens.RedeemAsync("t", "use", Cancellation).AsTask();
            while (await _cluster.ExecuteAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") is 0L)
                await Task.Yield();
        }

        Assert.True(await redeeming);
        Assert.False(await tokens.RedeemAsync("t", "another", Cancellation));
    }

    [Fact]
    public async Task Full_disk_fails_writes_and_they_succeed_when_there_is_room_again()
    {
        var server = _stores.Open(_time, configureOne: Patient);
        var (sessions, keys) = (server.GetRequiredService<ISessionStore>(), server.GetRequiredService<IKeyStore>());
        await sessions.SaveAsync(Checkpoint("s"), Cancellation);
        await _cluster.ExecuteAsync($$"""
            CREATE FUNCTION {{_stores.Schema}}.refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$;
            CREATE TRIGGER full_disk BEFORE INSERT ON {{_stores.Schema}}.states EXECUTE FUNCTION {{_stores.Schema}}.refuse()
            """);

        await FailsAsync(() => sessions.SaveAsync(Checkpoint("s") with { Serial = 2, IsFirst = false }, Cancellation).AsTask());
        // Reading goes on.
        Assert.NotNull(await sessions.FindAsync("s", 1, Cancellation));
        Assert.False(await keys.AnyAsync(Cancellation));
        Assert.False(server.GetRequiredService<PostgresDatabase>().IsAway);
        await _cluster.ExecuteAsync($"DROP TRIGGER full_disk ON {_stores.Schema}.states");

        Assert.True(await sessions.SaveAsync(Checkpoint("s") with { Serial = 2, IsFirst = false }, Cancellation));
    }

    [Fact]
    public async Task Database_without_a_connection_left_refuses_and_works_when_it_has_one()
    {
        await _cluster.ExecuteAsync("CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 1; GRANT CREATE ON DATABASE postgres TO few");
        var few = _cluster.ConnectionString + ";Username=few;Password=few";
        var keys = _stores.Open(_time, configureOne: options =>
        {
            Patient(options);
            options.ConnectionString = few;
        }).GetRequiredService<IKeyStore>();
        await using (var only = new NpgsqlConnection(few + ";Pooling=false"))
        {
            await only.OpenAsync(Cancellation);
            Assert.Contains("53300", (await FailsAsync(() => keys.AnyAsync(Cancellation).AsTask())).Message, StringComparison.Ordinal);
        }
        // The database notices the end of a connection a moment later.
        while (await _cluster.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE usename = 'few'") is not 0L)
            await Task.Yield();

        Assert.False(await keys.AnyAsync(Cancellation));
    }

    [Fact]
    public async Task Database_that_has_become_read_only_counts_as_away_until_it_takes_writes()
    {
        var server = _stores.Open(_time, configureOne: Patient);
        var (keys, database) = (server.GetRequiredService<IKeyStore>(), server.GetRequiredService<PostgresDatabase>());
        await keys.AddAsync(Key("k"), Cancellation);
        const string End = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley'";

        // As if the name of the host led to a standby.
        await _cluster.ExecuteAsync($"ALTER ROLE parley SET default_transaction_read_only = on; {End}");
        await FailsAsync(() => keys.AddAsync(Key("l"), Cancellation).AsTask());
        Assert.True(database.IsAway);
        await FailsAsync(() => keys.FindAsync("k", Cancellation).AsTask());
        await _cluster.ExecuteAsync($"SET TRANSACTION READ WRITE; ALTER ROLE parley RESET default_transaction_read_only; {End}");
        await _time.AdvanceUntilAsync(_stores.Logs.FirstAsync(static entry => entry.EventId.Id == EventIds.DatabaseBack, "the database takes writes", Cancellation), PostgresDatabase.ProbeInterval);

        await keys.AddAsync(Key("l"), Cancellation);
        Assert.NotNull(await keys.FindAsync("l", Cancellation));
    }

    [Fact]
    public async Task Connection_for_signals_that_does_not_answer_is_given_up()
    {
        var nodes = _stores.Open(configureOne: Patient).GetRequiredService<INodeStore>();
        await using var signals = nodes.ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await signals.MoveNextAsync();
        var process = (int)(await _cluster.ExecuteAsync($"SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN {_stores.Schema}'"))!;

        await _cluster.SuspendAsync(process);
        try
        {
            await Assert.ThrowsAsync<StorageException>(() => signals.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancellation));
        }
        finally
        {
            await _cluster.SuspendAsync(process, resume: true);
        }
    }

    [Fact]
    public async Task Media_beyond_the_limit_are_omitted_and_media_that_nothing_refers_to_are_deleted()
    {
        var live = new LiveApiOptions();
        live.Sessions.MaxStoredMediaBytes = 10;
        var server = _stores.Open(_time, live);
        var (sessions, sweeper) = (server.GetRequiredService<ISessionStore>(), server.GetRequiredService<Sweeper>());
        await sessions.SaveAsync(Checkpoint("a", "12345678", "toolong", "12345678"), Cancellation);

        Assert.Equal(["12345678", null, "12345678"], await MediaAsync(sessions, "a"));
        Assert.Equal(1L, await CountAsync("media"));
        await sessions.SaveAsync(Checkpoint("b", "123"), Cancellation);
        Assert.Equal([null], await MediaAsync(sessions, "b"));
        await sessions.DeleteAsync("a", 0, Cancellation);
        await sweeper.SweepAsync(Cancellation);
        await sessions.SaveAsync(Checkpoint("c", "123"), Cancellation);

        Assert.Equal(["123"], await MediaAsync(sessions, "c"));
        Assert.Equal(1L, await CountAsync("media"));
    }

    /// <summary>Time limits that do not matter to a test.</summary>
    private static void Patient(PostgresOptions options) => options.StatementTimeout = options.ConnectTimeout = TimeSpan.FromMinutes(1);

    private async Task<StorageException> FailsAsync(Func<Task> call)
    {
        var failing = Assert.ThrowsAsync<StorageException>(call);
        await _time.AdvanceUntilAsync(failing, PostgresDatabase.RetryDelay);
        return await failing;
    }

    private async Task<object?> CountAsync(string table) => await _cluster.ExecuteAsync($"SELECT count(*) FROM {_stores.Schema}.{table}");

    private async Task<NpgsqlConnection> LockAsync(string sql)
    {
        var connection = new NpgsqlConnection(_cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("BEGIN; " + sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
        return connection;
    }

    private static async Task<IEnumerable<string?>> MediaAsync(ISessionStore sessions, string id) =>
        (await sessions.FindAsync(id, 1, Cancellation))!.State.Serialize().Media.Select(static item => item is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes.Span) : null);

    private SessionCheckpoint Checkpoint(string id, params string[] media) => new()
    {
        SessionId = id,
        Epoch = 0,
        Serial = 1,
        IsFirst = true,
        Model = "models/one",
        Owner = "owner",
        CredentialId = "",
        Started = _time.GetUtcNow(),
        Expires = _time.GetUtcNow().AddHours(1),
        State = new CheckpointState("text", new StoredCheckpoint("state"u8.ToArray(), [.. media.Select(static item => (ReadOnlyMemory<byte>?)System.Text.Encoding.UTF8.GetBytes(item))])),
    };

    private static StoredKey Key(string id) => new(new VirtualKey { Id = id, Name = id, Created = DateTimeOffset.UnixEpoch }, new byte[32]);

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

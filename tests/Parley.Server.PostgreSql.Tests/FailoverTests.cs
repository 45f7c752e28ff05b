using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.PostgreSql.Database;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>A standby takes over. Its primary waits for it at each commit, so that nothing confirmed is lost.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly PostgresCluster _primary = new("synchronous_standby_names=*", "synchronous_commit=local");
    private readonly PostgresCluster _standby;
    private readonly DateOnly _day = new(2026, 11, 22);
    private readonly TestClock _time = new();
    private readonly PostgresStores _stores;

    public FailoverTests()
    {
        _standby = new PostgresCluster(_primary);
        _stores = new PostgresStores(_standby, options =>
        {
            // The standby is the first host: it must be passed over.
            var hosts = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_standby.Port},127.0.0.1:{_primary.Port}");
            options.ConnectionString = $"{_primary.ConnectionString};Host={hosts};Options=-c synchronous_commit=remote_apply";
        });
        _stores.Logs.AllowErrors(static entry => entry.EventId.Id is EventIds.DatabaseAway);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _primary.InitializeAsync();
        await _standby.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        await _standby.DisposeAsync();
        await _primary.DisposeAsync();
    }

    [Fact]
    public async Task Promoted_standby_is_found_and_nothing_confirmed_is_lost()
    {
        string[] attributes = ["", ";Target Session Attributes=primary", ";Target Session Attributes=read-write"];
        var servers = attributes.Select(given => _stores.Open(_time, configureOne: options => options.ConnectionString += given)).ToList();
        await Task.WhenAll(servers.Select((_, i) => AddAsync(i, 1)));
        var signals = Listen(servers[0]);
        Assert.True(await signals.MoveNextAsync());

        await _primary.StopAsync(kill: true);
        await Assert.ThrowsAsync<StorageException>(() => signals.MoveNextAsync().AsTask());
        await signals.DisposeAsync();
        await _time.AdvanceUntilAsync(Task.WhenAll(servers.Select((_, i) => Assert.ThrowsAsync<StorageException>(() => AddAsync(i, 2)))), PostgresDatabase.RetryDelay);
        Assert.All(servers, static server => Assert.True(server.GetRequiredService<PostgresDatabase>().IsAway));
        await _standby.ExecuteAsync("SELECT pg_promote()");
        var back = 0;
        await _time.AdvanceUntilAsync(
            _stores.Logs.FirstAsync(entry => entry.EventId.Id == EventIds.DatabaseBack && ++back == servers.Count, "the promoted standby answers", Cancellation),
            PostgresDatabase.ProbeInterval);

        await Task.WhenAll(servers.Select((_, i) => AddAsync(i, 2)));
        var sums = await servers[0].GetRequiredService<IUsageStore>().LoadAsync(_day, Cancellation);
        Assert.Equal(2 * servers.Count, Assert.Single(sums.Usage).Sessions);
        await using var again = Listen(servers[0]);
        Assert.True(await again.MoveNextAsync());

        Task AddAsync(int server, long sequence) => servers[server].GetRequiredService<IUsageStore>().AddAsync(
            new UsageBatch($"w{server}", sequence, new UsageSums([new DayUsage(_day, "k") { Sessions = 1 }], [])), Cancellation).AsTask();

        static IAsyncEnumerator<NodeSignal> Listen(ServiceProvider server) => server.GetRequiredService<INodeStore>().ListenAsync(Cancellation).GetAsyncEnumerator(Cancellation);
    }
}

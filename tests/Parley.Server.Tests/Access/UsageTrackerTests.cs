using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Access;

namespace Parley.Server.Tests.Access;

/// <summary>Usage reaches the store once, in order, and through failures.</summary>
public sealed class UsageTrackerTests : IDisposable
{
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 22, 23, 59, 0, TimeSpan.Zero));
    private readonly Store _store = new();
    private readonly UsageTracker _tracker;

    public UsageTrackerTests() => _tracker = new UsageTracker(_store, _time, NullLogger<UsageTracker>.Instance);

    public void Dispose() => _tracker.Dispose();

    [Fact]
    public void Amounts_are_stored_together_after_a_delay()
    {
        _tracker.AddSession("k", resumed: false);
        _tracker.AddTime("k", TimeSpan.FromSeconds(1));
        _tracker.AddClose("k", 1000, "client");
        Assert.Empty(_store.Batches);

        _time.Advance(UsageTracker.StoreDelay);

        var batch = Assert.Single(_store.Batches);
        Assert.Equal((1, 1, 1_000, 1), (batch.Sequence, Assert.Single(batch.Sums.Usage).Sessions, batch.Sums.Usage[0].Milliseconds, Assert.Single(batch.Sums.Closes).Count));
    }

    [Fact]
    public void Failed_batch_is_repeated_under_its_number_while_later_amounts_wait()
    {
        _store.Failures = 3;
        _tracker.AddSession("k", resumed: false);
        _time.Advance(UsageTracker.StoreDelay);
        for (var i = 0; i < 100; i++)
            _tracker.AddSession("k", resumed: true);
        Assert.Equal((1, 100), (_tracker.UsageToday("k").Sessions, _tracker.UsageToday("k").Resumes));

        _time.Advance(3 * UsageTracker.RetryDelay);

        Assert.Equal([1, 1, 1, 1, 2], _store.Batches.Select(static batch => batch.Sequence));
        Assert.Equal([1, 0], _store.Batches.TakeLast(2).Select(static batch => batch.Sums.Usage[0].Sessions));
        Assert.Equal(100, _store.Batches[^1].Sums.Usage[0].Resumes);
        Assert.Equal((1, 100), (_tracker.UsageToday("k").Sessions, _tracker.UsageToday("k").Resumes));
    }

    [Fact]
    public void Age_is_that_of_the_oldest_amount_that_the_store_does_not_have()
    {
        Assert.Equal(TimeSpan.Zero, _tracker.Age);
        _store.Failures = 3;
        _tracker.AddSession("k", resumed: false);
        _time.Advance(UsageTracker.StoreDelay);
        _tracker.AddSession("k", resumed: true);
        Assert.Equal(UsageTracker.StoreDelay, _tracker.Age);

        _time.Advance(2 * UsageTracker.RetryDelay);
        Assert.Equal(UsageTracker.StoreDelay + (2 * UsageTracker.RetryDelay), _tracker.Age);
        _time.Advance(UsageTracker.RetryDelay);
        Assert.Equal(TimeSpan.Zero, _tracker.Age);
    }

    [Fact]
    public async Task Sums_of_other_servers_are_loaded_without_losing_own_ones()
    {
        _store.Stored = new UsageSums([new DayUsage(new DateOnly(2026, 11, 22), "k") { Sessions = 10 }], []);
        _tracker.AddSession("k", resumed: false);

        await _tracker.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(11, _tracker.UsageToday("k").Sessions);
        await _tracker.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(11, _tracker.UsageToday("k").Sessions);
    }

    [Fact]
    public async Task Rest_is_stored_at_the_end()
    {
        _tracker.AddSession("k", resumed: false);

        await _tracker.StoreAtEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, Assert.Single(_store.Batches).Sequence);
    }

    [Fact]
    public async Task Usage_of_the_next_day_starts_at_zero_and_old_days_are_deleted()
    {
        _tracker.AddSession("k", resumed: false);
        await _tracker.StoreAsync(TestContext.Current.CancellationToken);
        Assert.Equal([new DateOnly(2026, 10, 23)], _store.DeletedBefore);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, _tracker.UsageToday("k").Sessions);
        _tracker.AddSession("k", resumed: false);
        await _tracker.StoreAsync(TestContext.Current.CancellationToken);
        Assert.Equal([new DateOnly(2026, 11, 23), new DateOnly(2026, 11, 22)], _tracker.Sums().Usage.Select(static day => day.Day));
        _time.Advance(TimeSpan.FromDays(UsageTracker.Days - 1));

        Assert.Equal(new DateOnly(2026, 11, 23), Assert.Single(_tracker.Sums().Usage).Day);
        Assert.Equal([new DateOnly(2026, 10, 23), new DateOnly(2026, 10, 24)], _store.DeletedBefore);
    }

    private sealed class Store : IUsageStore
    {
        public int Failures { get; set; }

        public UsageSums Stored { get; set; } = new([], []);

        public List<UsageBatch> Batches { get; } = [];

        public List<DateOnly> DeletedBefore { get; } = [];

        public ValueTask AddAsync(UsageBatch batch, CancellationToken cancellationToken)
        {
            Batches.Add(batch);
            return Failures-- > 0 ? throw new StorageException() : default;
        }

        public ValueTask<UsageSums> LoadAsync(DateOnly firstDay, CancellationToken cancellationToken) => new(Stored);

        public ValueTask<IReadOnlyList<DayUsage>> FindAsync(DateOnly day, IReadOnlyCollection<string> keyIds, CancellationToken cancellationToken) =>
            new([.. Stored.Usage.Where(usage => usage.Day == day && keyIds.Contains(usage.KeyId))]);

        public ValueTask DeleteBeforeAsync(DateOnly firstDay, CancellationToken cancellationToken)
        {
            DeletedBefore.Add(firstDay);
            return default;
        }
    }
}

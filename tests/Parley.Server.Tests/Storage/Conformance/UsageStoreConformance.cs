namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="IUsageStore"/> does.</summary>
public abstract class UsageStoreConformance(IStores stores) : StoreConformance(stores)
{
    private static readonly DateOnly Today = new(2026, 11, 22);

    [Fact]
    public async Task Amounts_of_all_servers_add_up()
    {
        await One.Usage.AddAsync(new UsageBatch("one", 1, new UsageSums([Usage(Today, "k", 1)], [Closes(Today, "k", 1008, 2)])), Cancellation);
        await Two.Usage.AddAsync(new UsageBatch("two", 1, new UsageSums([Usage(Today, "k", 10), Usage(Today, "other", 100)], [Closes(Today, "k", 1008, 3), Closes(Today, "k", 1000, 1)])), Cancellation);

        var sums = await One.Usage.LoadAsync(Today, Cancellation);

        Assert.Equal([Usage(Today, "k", 11), Usage(Today, "other", 100)], sums.Usage.OrderBy(static day => day.KeyId, StringComparer.Ordinal));
        Assert.Equal([Closes(Today, "k", 1000, 1), Closes(Today, "k", 1008, 5)], sums.Closes.OrderBy(static day => day.Code));
    }

    [Fact]
    public async Task Batch_is_added_once_however_often_it_is_sent()
    {
        var first = new UsageBatch("w", 1, new UsageSums([Usage(Today, "k", 1)], [Closes(Today, "k", 1000, 1)]));
        var second = new UsageBatch("w", 2, new UsageSums([Usage(Today, "k", 10)], []));

        await RaceAsync(20, async (node, _) =>
        {
            await node.Usage.AddAsync(first, Cancellation);
            return true;
        });
        await One.Usage.AddAsync(second, Cancellation);
        await Two.Usage.AddAsync(second, Cancellation);
        await Two.Usage.AddAsync(first, Cancellation);

        var sums = await One.Usage.LoadAsync(Today, Cancellation);
        Assert.Equal(Usage(Today, "k", 11), Assert.Single(sums.Usage));
        Assert.Equal(1, Assert.Single(sums.Closes).Count);
    }

    [Fact]
    public async Task Writers_do_not_wait_for_each_other_and_lose_nothing()
    {
        const int Writers = 16, Batches = 10;
        string[] keys = ["a", "b", "c", "d"];

        await RaceAsync(Writers, async (node, writer) =>
        {
            for (var i = 1; i <= Batches; i++)
            {
                // In different orders, which must not end in a deadlock.
                var order = keys.OrderBy(key => (key[0] + writer * i) % 4);
                var batch = new UsageBatch($"w{writer}", i, new UsageSums([.. order.Select(static key => Usage(Today, key, 1))], [.. order.Select(static key => Closes(Today, key, 1000, 1))]));
                await node.Usage.AddAsync(batch, Cancellation);
                await node.Usage.AddAsync(batch, Cancellation);
            }
            return true;
        });

        var sums = await Two.Usage.LoadAsync(Today, Cancellation);
        Assert.Equal(keys.Select(static key => Usage(Today, key, Writers * Batches)), sums.Usage.OrderBy(static day => day.KeyId, StringComparer.Ordinal));
        Assert.All(sums.Closes, static day => Assert.Equal(Writers * Batches, day.Count));
    }

    [Fact]
    public async Task Sums_are_loaded_from_a_day_on_and_deleted_before_a_day()
    {
        var days = Enumerable.Range(0, 4).Select(static i => Today.AddDays(-i)).ToArray();
        await One.Usage.AddAsync(new UsageBatch("w", 1, new UsageSums([.. days.Select(static day => Usage(day, "k", 1))], [.. days.Select(static day => Closes(day, "k", 1000, 1))])), Cancellation);

        var recent = await Two.Usage.LoadAsync(Today.AddDays(-1), Cancellation);
        await Two.Usage.DeleteBeforeAsync(Today.AddDays(-2), Cancellation);
        var kept = await One.Usage.LoadAsync(DateOnly.MinValue, Cancellation);

        Assert.Equal((2, 2), (recent.Usage.Count, recent.Closes.Count));
        Assert.Equal(days[..3], kept.Usage.Select(static day => day.Day).OrderDescending());
        Assert.Equal(days[..3], kept.Closes.Select(static day => day.Day).OrderDescending());
    }

    [Fact]
    public async Task Sums_of_some_keys_on_one_day_are_found()
    {
        var yesterday = Today.AddDays(-1);
        var sums = new UsageSums([Usage(yesterday, "a", 1), Usage(Today, "a", 2), Usage(Today, "b", 4), Usage(Today, "c", 8)], []);
        await One.Usage.AddAsync(new UsageBatch("w", 1, sums), Cancellation);

        var found = await Two.Usage.FindAsync(Today, ["a", "a", "c", "unknown", .. HostileNames.Select(static name => name.Data)], Cancellation);

        Assert.Equal([Usage(Today, "a", 2), Usage(Today, "c", 8)], found.OrderBy(static day => day.KeyId, StringComparer.Ordinal));
        Assert.Empty(await Two.Usage.FindAsync(Today, [], Cancellation));
    }

    [Fact]
    public async Task Large_batches_and_large_amounts_are_added()
    {
        var sums = new UsageSums([.. Enumerable.Range(0, 2_000).Select(static i => Usage(Today, $"k{i}", 1L << 40))], []);

        await One.Usage.AddAsync(new UsageBatch("w", 1, sums), Cancellation);
        await One.Usage.AddAsync(new UsageBatch("w", 2, sums), Cancellation);

        var loaded = await Two.Usage.LoadAsync(Today, Cancellation);
        Assert.Equal(2_000, loaded.Usage.Count);
        Assert.All(loaded.Usage, static day => Assert.Equal(1L << 41, day.Sessions));
    }

    [Fact]
    public async Task Costs_add_up_exactly_and_stay_unknown_without_a_price()
    {
        var priced = new DayUsage(Today, "priced") { PromptTokens = 1, Cost = 0.000000001m };
        var unpriced = new DayUsage(Today, "unpriced") { PromptTokens = 1, UnpricedTokens = 1 };
        await One.Usage.AddAsync(new UsageBatch("w", 1, new UsageSums([priced, unpriced, new DayUsage(Today, "later")], [])), Cancellation);
        await One.Usage.AddAsync(new UsageBatch("w", 2, new UsageSums([priced with { Cost = 1_234.567890123m }, unpriced, new DayUsage(Today, "later") { Cost = 0 }], [])), Cancellation);
        await Two.Usage.AddAsync(new UsageBatch("v", 1, new UsageSums([new DayUsage(Today, "priced") { Sessions = 1 }], [])), Cancellation);

        var found = (await Two.Usage.FindAsync(Today, ["priced", "unpriced", "later"], Cancellation)).ToDictionary(static day => day.KeyId, StringComparer.Ordinal);

        Assert.Equal((1_234.567890124m, 0L), (found["priced"].Cost, found["priced"].UnpricedTokens));
        Assert.Equal((null, 2L), (found["unpriced"].Cost, found["unpriced"].UnpricedTokens));
        Assert.Equal(0m, found["later"].Cost);
    }

    [Fact]
    public async Task Empty_batch_is_accepted()
    {
        await One.Usage.AddAsync(new UsageBatch("w", 1, new UsageSums([], [])), Cancellation);

        Assert.Empty((await One.Usage.LoadAsync(DateOnly.MinValue, Cancellation)).Usage);
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Hostile_names_are_only_names(string name)
    {
        var batch = new UsageBatch("w" + name, 1, new UsageSums([Usage(Today, name, 1)], [Closes(Today, name, 1000, 1) with { Cause = name }]));
        await One.Usage.AddAsync(batch, Cancellation);
        await Two.Usage.AddAsync(batch, Cancellation);

        var sums = await Two.Usage.LoadAsync(Today, Cancellation);
        Assert.Equal(Usage(Today, name, 1), Assert.Single(sums.Usage));
        Assert.Equal((name, name, 1), (sums.Closes[0].KeyId, sums.Closes[0].Cause, Assert.Single(sums.Closes).Count));
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        await One.Usage.AddAsync(new UsageBatch("w", 1, new UsageSums([Usage(Today, "k", 1)], [])), Cancellation);

        await AssertCancelledAsync(async token => await One.Usage.AddAsync(new UsageBatch("w", 2, new UsageSums([Usage(Today, "k", 1)], [])), token));
        await AssertCancelledAsync(async token => await One.Usage.LoadAsync(Today, token));
        await AssertCancelledAsync(async token => await One.Usage.DeleteBeforeAsync(DateOnly.MaxValue, token));

        Assert.Equal(Usage(Today, "k", 1), Assert.Single((await One.Usage.LoadAsync(Today, Cancellation)).Usage));
    }

    private static DayUsage Usage(DateOnly day, string keyId, long amount) => new(day, keyId)
    {
        Sessions = amount,
        Resumes = 2 * amount,
        Milliseconds = 3 * amount,
        PromptTokens = 4 * amount,
        ResponseTokens = 5 * amount,
    };

    private static DayCloses Closes(DateOnly day, string keyId, int code, long count) => new(day, keyId, code, "client", count);
}

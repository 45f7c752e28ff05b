namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="IAuditStore"/> does.</summary>
public abstract class AuditStoreConformance(IStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Entries_of_all_servers_are_listed_newest_first()
    {
        var first = Entry(Now, "one", "a key");
        var second = Entry(Now.AddSeconds(-5), "two", "");
        await One.Audit.AddAsync(first, Cancellation);
        await Two.Audit.AddAsync(second, Cancellation);

        Assert.Equal([second, first], await One.Audit.ListAsync(10, Cancellation));
        Assert.Equal([second], await Two.Audit.ListAsync(1, Cancellation));
    }

    [Fact]
    public async Task Entries_before_a_time_are_deleted()
    {
        await One.Audit.AddAsync(Entry(Now.AddDays(-2), "old", ""), Cancellation);
        await One.Audit.AddAsync(Entry(Now, "new", ""), Cancellation);

        await Two.Audit.DeleteBeforeAsync(Now, Cancellation);

        Assert.Equal("new", Assert.Single(await One.Audit.ListAsync(10, Cancellation)).Subject);
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Hostile_texts_are_only_texts(string text)
    {
        var entry = new AuditEntry(Now, text, text, text, text, text);
        await One.Audit.AddAsync(entry, Cancellation);

        Assert.Equal(entry, Assert.Single(await Two.Audit.ListAsync(10, Cancellation)));
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        await AssertCancelledAsync(async token => await One.Audit.AddAsync(Entry(Now, "s", ""), token));
        await AssertCancelledAsync(async token => await One.Audit.ListAsync(1, token));
        await AssertCancelledAsync(async token => await One.Audit.DeleteBeforeAsync(Now, token));

        Assert.Empty(await One.Audit.ListAsync(10, Cancellation));
    }

    private static AuditEntry Entry(DateTimeOffset time, string subject, string detail) => new(time, "node", "key.created", subject, detail, "127.0.0.1");
}

using System.Text;

namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="IWebhookOutbox"/> does.</summary>
public abstract class WebhookOutboxConformance(IStores stores) : StoreConformance(stores)
{
    private const int Many = 1_000;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Deliveries_are_taken_oldest_first_and_by_one_server()
    {
        await One.Outbox.AddAsync([Delivery("b", seconds: 1), Delivery("a", seconds: 0), Delivery("c", seconds: 2)], Many, Cancellation);
        var later = Now.AddSeconds(5);

        var first = await One.Outbox.TakeAsync("crm", 2, later, Lease, Cancellation);
        var second = await Two.Outbox.TakeAsync("crm", 2, later, Lease, Cancellation);

        Assert.Equal(["a", "b"], first.Select(static d => d.EventId));
        Assert.Equal("c", Assert.Single(second).EventId);
        Assert.Empty(await One.Outbox.TakeAsync("crm", 2, later, Lease, Cancellation));
        Assert.Equal(("crm", Now, "body of a", 1), (first[0].Webhook, first[0].Created, Encoding.UTF8.GetString(first[0].Body.Span), first[0].Attempts));
    }

    [Fact]
    public async Task Delivery_is_due_again_when_its_lease_ends_and_counts_its_attempts()
    {
        await One.Outbox.AddAsync([Delivery("a")], Many, Cancellation);
        await One.Outbox.TakeAsync("crm", 1, Now, Lease, Cancellation);

        Assert.Empty(await Two.Outbox.TakeAsync("crm", 1, Now + Lease - TimeSpan.FromSeconds(1), Lease, Cancellation));
        Assert.Equal(2, Assert.Single(await Two.Outbox.TakeAsync("crm", 1, Now + Lease, Lease, Cancellation)).Attempts);
    }

    [Fact]
    public async Task Completed_delivery_is_gone_and_a_failed_one_is_due_when_it_says()
    {
        await One.Outbox.AddAsync([Delivery("a"), Delivery("b")], Many, Cancellation);
        await One.Outbox.TakeAsync("crm", 2, Now, Lease, Cancellation);

        await One.Outbox.CompleteAsync("crm", "a", Cancellation);
        await One.Outbox.RetryAsync("crm", "b", Now.AddSeconds(2), Cancellation);
        await One.Outbox.CompleteAsync("crm", "unknown", Cancellation);
        await One.Outbox.RetryAsync("crm", "unknown", Now, Cancellation);

        Assert.Empty(await Two.Outbox.TakeAsync("crm", 2, Now.AddSeconds(1), Lease, Cancellation));
        Assert.Equal("b", Assert.Single(await Two.Outbox.TakeAsync("crm", 2, Now.AddSeconds(2), Lease, Cancellation)).EventId);
    }

    [Fact]
    public async Task Delivery_that_is_there_already_is_skipped()
    {
        await One.Outbox.AddAsync([Delivery("a")], Many, Cancellation);
        await One.Outbox.TakeAsync("crm", 1, Now, Lease, Cancellation);

        Assert.Equal(0, await Two.Outbox.AddAsync([Delivery("a")], 1, Cancellation));

        Assert.Equal(new WebhookBacklog(1, Now), await Two.Outbox.CountAsync("crm", Cancellation));
        Assert.Empty(await One.Outbox.TakeAsync("crm", 1, Now, Lease, Cancellation));
    }

    [Fact]
    public async Task Full_webhook_refuses_and_another_one_does_not()
    {
        await One.Outbox.AddAsync([Delivery("a"), Delivery("b")], 3, Cancellation);

        Assert.Equal(2, await Two.Outbox.AddAsync([Delivery("c"), Delivery("d"), Delivery("e")], 3, Cancellation));
        Assert.Equal(0, await Two.Outbox.AddAsync([Delivery("c") with { Webhook = "other" }], 3, Cancellation));

        Assert.Equal(3, (await One.Outbox.CountAsync("crm", Cancellation)).Count);
        Assert.Equal(1, (await One.Outbox.CountAsync("other", Cancellation)).Count);
        Assert.Equal(default, await One.Outbox.CountAsync("none", Cancellation));
    }

    [Fact]
    public async Task Old_deliveries_of_a_webhook_are_deleted_and_counted()
    {
        await One.Outbox.AddAsync([Delivery("old", seconds: -10), Delivery("new"), Delivery("old", seconds: -10) with { Webhook = "other" }], Many, Cancellation);

        Assert.Equal(1, await Two.Outbox.DeleteBeforeAsync("crm", Now, Cancellation));

        Assert.Equal("new", Assert.Single(await One.Outbox.TakeAsync("crm", 10, Now, Lease, Cancellation)).EventId);
        Assert.Equal(1, (await One.Outbox.CountAsync("other", Cancellation)).Count);
    }

    [Fact]
    public async Task Servers_that_take_at_the_same_time_share_the_deliveries()
    {
        await One.Outbox.AddAsync([.. Enumerable.Range(0, 100).Select(i => Delivery($"e{i:000}"))], Many, Cancellation);

        var taken = await RaceAsync(20, (node, _) => node.Outbox.TakeAsync("crm", 5, Now, Lease, Cancellation));

        Assert.Equal(100, taken.SelectMany(static batch => batch).Select(static delivery => delivery.EventId).Distinct().Count());
        Assert.Equal(100, taken.Sum(static batch => batch.Count));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Hostile_texts_are_only_texts(string text)
    {
        await One.Outbox.AddAsync([new WebhookDelivery(text, text, Now, Encoding.UTF8.GetBytes(text))], Many, Cancellation);

        var taken = Assert.Single(await Two.Outbox.TakeAsync(text, 10, Now, Lease, Cancellation));

        Assert.Equal((text, text), (taken.EventId, Encoding.UTF8.GetString(taken.Body.Span)));
        await One.Outbox.CompleteAsync(text, text, Cancellation);
        Assert.Equal(0, (await Two.Outbox.CountAsync(text, Cancellation)).Count);
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        await AssertCancelledAsync(async token => await One.Outbox.AddAsync([Delivery("a")], Many, token));
        await AssertCancelledAsync(async token => await One.Outbox.TakeAsync("crm", 1, Now, Lease, token));
        await AssertCancelledAsync(async token => await One.Outbox.CompleteAsync("crm", "a", token));
        await AssertCancelledAsync(async token => await One.Outbox.RetryAsync("crm", "a", Now, token));
        await AssertCancelledAsync(async token => await One.Outbox.DeleteBeforeAsync("crm", Now, token));
        await AssertCancelledAsync(async token => await One.Outbox.CountAsync("crm", token));

        Assert.Equal(0, (await Two.Outbox.CountAsync("crm", Cancellation)).Count);
    }

    private WebhookDelivery Delivery(string id, int seconds = 0) => new("crm", id, Now.AddSeconds(seconds), Encoding.UTF8.GetBytes("body of " + id));
}

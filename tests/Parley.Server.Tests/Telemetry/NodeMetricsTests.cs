using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Sessions;
using Parley.Server.Tests.Nodes;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Telemetry;

/// <summary>The metrics of a node in its cluster.</summary>
public sealed class NodeMetricsTests
{
    private readonly TestClock _clock = new();
    private readonly SharedStores _stores;

    public NodeMetricsTests() => _stores = new SharedStores(_clock);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_count_each_other_and_one_that_is_dead_no_more()
    {
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b", link);
        using var meter = new MeterReader(a);
        await _clock.AdvanceAsync(INodeStore.RenewalInterval, Cancellation);
        Assert.Equal(2, meter.Sum("parley.nodes.alive"));

        link.Cut();
        await _clock.AdvanceAsync(INodeStore.NodeLifetime + INodeStore.RenewalInterval, Cancellation);

        Assert.Equal(1, meter.Sum("parley.nodes.alive"));
    }

    [Fact]
    public async Task Failed_renewals_and_lost_signals_are_counted()
    {
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a", link);
        using var meter = new MeterReader(a);
        Assert.Equal((0, 0), (meter.Sum("parley.node.renewals.failed"), meter.Sum("parley.node.signal.interruptions")));

        link.Cut();
        // Then the listener has counted.
        await _clock.TimerAsync(static timer => timer.Delay == NodeService.RetryDelay && timer.Period is null, cancellationToken: Cancellation);
        await _clock.AdvanceAsync(2 * INodeStore.RenewalInterval, Cancellation);

        Assert.Equal((2, 0), (meter.Sum("parley.node.renewals.failed"), meter.Sum("parley.nodes.alive")));
        Assert.True(meter.Sum("parley.node.signal.interruptions") > 0);
    }

    [Fact]
    public async Task Session_that_moves_is_counted_on_the_node_that_it_leaves()
    {
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        using var ofA = new MeterReader(a);
        using var ofB = new MeterReader(b);
        await using var old = await a.OpenAsync(LiveTestHost.ResumableSetup);
        await old.SayAsync("remember");
        string? handle = null;
        await old.ReceiveUntilAsync(frame => (handle = frame.NewHandle()) is not null, "a handle");
        Assert.Equal(1, ofA.Sum("parley.session.saves", ("parley.outcome", "saved")));

        await using var moved = await b.OpenAsync(LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal));
        await old.ExpectCloseAsync(skipMessages: true);

        Assert.Equal((1, 0), (ofA.Sum("parley.sessions.moved"), ofB.Sum("parley.sessions.moved")));
    }

    [Fact]
    public async Task Node_that_drains_reports_it()
    {
        await using var a = await _stores.StartAsync("a");
        using var meter = new MeterReader(a);
        Assert.Equal(0, meter.Sum("parley.node.draining"));

        a.Services.GetRequiredService<SessionRegistry>().Drain();

        Assert.Equal(1, meter.Sum("parley.node.draining"));
    }
}

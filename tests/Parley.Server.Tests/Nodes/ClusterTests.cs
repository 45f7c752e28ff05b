using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Tests.Access;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Nodes;

/// <summary>Several servers on the same stores.</summary>
public sealed class ClusterTests
{
    private readonly TestClock _clock = new();
    private readonly SharedStores _stores;

    public ClusterTests() => _stores = new SharedStores(_clock);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_of_a_key_are_limited_over_all_nodes()
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { MaxSessions = 2 });
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        await using var one = await a.OpenAsync(key: key.Secret);
        await using var two = await b.OpenAsync(key: key.Secret);

        AssertClosed(LiveClose.QuotaExceeded, await CloseOfAsync(a, key));
        AssertClosed(LiveClose.QuotaExceeded, await CloseOfAsync(b, key));

        await two.DisposeAsync();
        await EmptyAsync(b);
        await using var three = await a.OpenAsync(key: key.Secret);
        await three.EchoAsync("the place is free");
    }

    [Fact]
    public async Task Sessions_of_a_user_end_on_all_nodes()
    {
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        var (alice, bob) = (await TokenAsync("alice"), await TokenAsync("bob"));
        await using var one = await SignIn.OpenAsync(LiveSocket.ConnectAsync(a, $"{LiveTestHost.Constrained}?access_token={alice.Name}"));
        await using var other = await SignIn.OpenAsync(LiveSocket.ConnectAsync(a, $"{LiveTestHost.Constrained}?access_token={bob.Name}"));

        await b.Services.GetRequiredService<LiveUsers>().EndSessionsAsync("alice", Cancellation);

        AssertClosed(LiveClose.PermissionDenied, await one.ExpectCloseAsync(skipMessages: true));
        await other.EchoAsync("still here");

        ValueTask<LiveToken> TokenAsync(string userId) =>
            b.Services.GetRequiredService<ILiveTokens>().CreateAsync(new LiveTokenRequest { User = new LiveUser { Id = userId } }, Cancellation);
    }

    [Fact]
    public async Task Openings_of_a_key_are_limited_over_all_nodes()
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { OpensPerMinute = 2 });
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");

        await using var one = await a.OpenAsync(key: key.Secret);
        await using var two = await b.OpenAsync(key: key.Secret);

        AssertClosed(LiveClose.QuotaExceeded, await CloseOfAsync(a, key));
        AssertClosed(LiveClose.QuotaExceeded, await CloseOfAsync(b, key));
    }

    [Fact]
    public async Task Session_at_the_limit_of_its_key_moves_to_another_node_and_its_old_connection_is_closed()
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { MaxSessions = 1 });
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        await using var old = await a.OpenAsync(LiveTestHost.ResumableSetup, key: key.Secret);

        await using var moved = await b.OpenAsync(Resume(await HandleAsync(old)), key: key.Secret);

        AssertClosed(LiveClose.Aborted, await old.ExpectCloseAsync(skipMessages: true));
        await moved.EchoAsync("here");
        var session = Assert.Single(await _stores.Nodes.ListSessionsAsync(Cancellation));
        Assert.Equal((true, key.Key.Id), (session.IsResumed, session.KeyId));
        Assert.Equal(["a 0", "b 1"], (await _stores.Nodes.ListAsync(Cancellation)).Select(static node => $"{node.Name} {node.Sessions}"));
    }

    [Fact]
    public async Task Node_that_missed_the_move_of_a_session_closes_its_connection_when_it_reaches_the_stores_again()
    {
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a", link);
        await using var b = await _stores.StartAsync("b");
        await using var old = await a.OpenAsync(LiveTestHost.ResumableSetup);
        await using var other = await a.OpenAsync();
        var handle = await HandleAsync(old);

        link.Cut();
        await using var moved = await b.OpenAsync(Resume(handle));
        await _clock.AdvanceAsync(TimeSpan.FromSeconds(30), Cancellation);
        await other.EchoAsync("goes on");
        Assert.Equal(1, (await _stores.Nodes.CountSessionsAsync(Cancellation)).Values.Sum());
        link.Mend();
        await _clock.AdvanceAsync(INodeStore.RenewalInterval, Cancellation);

        AssertClosed(LiveClose.Aborted, await old.ExpectCloseAsync(skipMessages: true));
        await other.EchoAsync("still goes on");
        await moved.EchoAsync("here");
        Assert.Equal(2, (await _stores.Nodes.ListSessionsAsync(Cancellation)).Count);
    }

    [Fact]
    public async Task Sessions_of_a_dead_node_count_no_more_and_are_entered_again_when_it_lives()
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { MaxSessions = 1 });
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a", link);
        await using var b = await _stores.StartAsync("b");
        await using var one = await a.OpenAsync(key: key.Secret);

        link.Cut();
        AssertClosed(LiveClose.QuotaExceeded, await CloseOfAsync(b, key));
        await _clock.AdvanceAsync(INodeStore.NodeLifetime + INodeStore.RenewalInterval, Cancellation);
        await using var two = await b.OpenAsync(key: key.Secret);
        Assert.Equal(["a False", "b True"], (await _stores.Nodes.ListAsync(Cancellation)).Select(static node => $"{node.Name} {node.IsAlive}"));

        await _clock.AdvanceAsync(TimeSpan.FromMinutes(15), Cancellation);
        Assert.Equal(["b"], (await _stores.Nodes.ListAsync(Cancellation)).Select(static node => node.Name));
        await using var three = await b.OpenAsync();
        link.Mend();
        await _clock.AdvanceAsync(INodeStore.RenewalInterval, Cancellation);
        Assert.Equal(["a True", "b True"], (await _stores.Nodes.ListAsync(Cancellation)).Select(static node => $"{node.Name} {node.IsAlive}"));
    }

    [Fact]
    public async Task End_that_could_not_be_recorded_is_recorded_later()
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { MaxSessions = 1 });
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a", link);
        var one = await a.OpenAsync(key: key.Secret);

        link.Cut();
        await one.DisposeAsync();
        await EmptyAsync(a);
        Assert.Single(await _stores.Nodes.ListSessionsAsync(Cancellation));
        link.Mend();
        await _clock.AdvanceAsync(INodeStore.RenewalInterval, Cancellation);

        Assert.Empty(await _stores.Nodes.ListSessionsAsync(Cancellation));
        await using var two = await a.OpenAsync(key: key.Secret);
    }

    [Fact]
    public async Task Operator_ends_a_session_on_another_node()
    {
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        await using var one = await a.OpenAsync();
        await using var two = await b.OpenAsync();
        var node = await IdOfAsync("a");
        var session = (await _stores.Nodes.ListSessionsAsync(Cancellation)).Single(session => session.NodeId == node);

        await _stores.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.EndSession, session.SessionId), Cancellation);

        AssertClosed(LiveClose.Aborted, await one.ExpectCloseAsync());
        await two.EchoAsync("goes on");
    }

    [Fact]
    public async Task Drained_node_sends_its_clients_away_with_a_handle_and_takes_no_new_ones()
    {
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        await using var client = await a.OpenAsync(LiveTestHost.ResumableSetup);
        await using var other = await b.OpenAsync();
        await HandleAsync(client);

        await _stores.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.DrainNode, await IdOfAsync("a")), Cancellation);

        string? handle = null;
        await client.ReceiveUntilAsync(
            frame =>
            {
                handle = frame.NewHandle() ?? handle;
                return frame.Has("goAway");
            },
            "goAway");
        await using var moved = await b.OpenAsync(Resume(handle!));
        await moved.EchoAsync("here");
        await other.EchoAsync("undisturbed");
        using var http = a.CreateClient();
        Assert.Equal(503, (int)(await http.GetAsync(new Uri("/readyz", UriKind.Relative), Cancellation)).StatusCode);
        await _clock.AdvanceAsync(INodeStore.RenewalInterval, Cancellation);
        Assert.Equal(["a True", "b False"], (await _stores.Nodes.ListAsync(Cancellation)).Select(static node => $"{node.Name} {node.IsDraining}"));
    }

    [Fact]
    public async Task Revoked_key_ends_its_sessions_on_all_nodes_at_once()
    {
        var key = await _stores.CreateKeyAsync();
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        await using var one = await a.OpenAsync(key: key.Secret);
        await using var two = await b.OpenAsync(key: key.Secret);
        await using var other = await b.OpenAsync();

        await new LiveKeys(_stores.Keys, _clock).RevokeAsync(key.Key.Id, Cancellation);
        await _stores.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.KeyChanged, key.Key.Id), Cancellation);

        AssertClosed(LiveClose.InvalidKey, await one.ExpectCloseAsync());
        AssertClosed(LiveClose.InvalidKey, await two.ExpectCloseAsync());
        await other.EchoAsync("goes on");
    }

    [Fact]
    public async Task Key_that_was_revoked_while_the_stores_were_away_ends_its_sessions_when_they_are_back()
    {
        var key = await _stores.CreateKeyAsync();
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a", link);
        await using var one = await a.OpenAsync(key: key.Secret);

        link.Cut();
        await new LiveKeys(_stores.Keys, _clock).RevokeAsync(key.Key.Id, Cancellation);
        await _clock.TimerAsync(static timer => timer.Delay == NodeService.RetryDelay && timer.Period is null, cancellationToken: Cancellation);
        link.Mend();
        await _clock.AdvanceAsync(NodeService.RetryDelay, Cancellation);

        AssertClosed(LiveClose.InvalidKey, await one.ExpectCloseAsync());
    }

    [Fact]
    public async Task Tokens_that_other_nodes_use_up_end_a_session_within_a_second()
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { TokensPerDay = 100 });
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        await using var one = await a.OpenAsync(key: key.Secret);

        var tracker = b.Services.GetRequiredService<UsageTracker>();
        tracker.Record(new UsageRecord("s", "owner", key.Key.Id, "m", new UsageMetadata { PromptTokenCount = 100 }));
        await tracker.StoreAsync(Cancellation);
        AssertClosed(LiveClose.QuotaExceeded, await CloseOfAsync(a, key));
        await _clock.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);

        AssertClosed(LiveClose.QuotaExceeded, await one.ExpectCloseAsync());
    }

    [Fact]
    public async Task Minutes_of_sessions_on_all_nodes_add_up()
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { MinutesPerDay = 4 });
        await using var a = await _stores.StartAsync("a");
        await using var b = await _stores.StartAsync("b");
        await using var one = await a.OpenAsync(key: key.Secret);
        await using var two = await b.OpenAsync(key: key.Secret);

        await _clock.AdvanceAsync(TimeSpan.FromSeconds(118), Cancellation);
        await one.EchoAsync("goes on");
        await two.EchoAsync("goes on");
        await _clock.AdvanceAsync(TimeSpan.FromSeconds(3), Cancellation);

        AssertClosed(LiveClose.QuotaExceeded, await one.ExpectCloseAsync());
        AssertClosed(LiveClose.QuotaExceeded, await two.ExpectCloseAsync());
    }

    [Fact]
    public async Task Node_that_ends_is_no_longer_listed()
    {
        await using var b = await _stores.StartAsync("b");
        await using (await _stores.StartAsync("a"))
            Assert.Equal(["a", "b"], (await _stores.Nodes.ListAsync(Cancellation)).Select(static node => node.Name));

        Assert.Equal(["b"], (await _stores.Nodes.ListAsync(Cancellation)).Select(static node => node.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_stores_new_sessions_are_refused_or_admitted_by_option(bool isAdmitted)
    {
        var key = await _stores.CreateKeyAsync(new KeyLimits { MaxSessions = 5, OpensPerMinute = 100 });
        var unseen = await _stores.CreateKeyAsync();
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a", link, options => options.Sessions.AdmitWithoutStorage = isAdmitted);
        await using var before = await a.OpenAsync(LiveTestHost.ResumableSetup, key: key.Secret);
        var handle = await HandleAsync(before);

        link.Cut();
        AssertClosed(LiveClose.Unavailable, await CloseOfAsync(a, unseen));
        if (!isAdmitted)
        {
            AssertClosed(LiveClose.Unavailable, await CloseOfAsync(a, key));
            await using var refused = await a.ConnectAsync();
            await refused.SendJsonAsync(LiveTestHost.Setup);
            AssertClosed(LiveClose.Unavailable, await refused.ExpectCloseAsync());
            await before.EchoAsync("goes on");
            return;
        }
        await using var virtualKey = await a.OpenAsync(key: key.Secret);
        await using var configuredKey = await a.OpenAsync();
        await virtualKey.EchoAsync("admitted");
        link.Mend();
        await _clock.AdvanceAsync(INodeStore.RenewalInterval, Cancellation);

        Assert.Equal(2, (await _stores.Nodes.CountSessionsAsync(Cancellation))[key.Key.Id]);
        await before.EchoAsync("goes on");
        await using var resumed = await a.OpenAsync(Resume(handle), key: key.Secret);
    }

    [Fact]
    public async Task Key_that_was_not_used_for_an_hour_is_refused_without_stores()
    {
        var key = await _stores.CreateKeyAsync();
        var link = new StoreLink();
        await using var a = await _stores.StartAsync("a", link, static options => options.Sessions.AdmitWithoutStorage = true);
        await using (await a.OpenAsync(key: key.Secret))
        {
        }

        link.Cut();
        await using (await a.OpenAsync(key: key.Secret))
        {
        }
        await _clock.AdvanceAsync(TimeSpan.FromMinutes(61), Cancellation);

        AssertClosed(LiveClose.Unavailable, await CloseOfAsync(a, key));
    }

    private static string Resume(string handle) => LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal);

    private static async Task<string> HandleAsync(LiveSocket client)
    {
        await client.SayAsync("remember");
        string? handle = null;
        await client.ReceiveUntilAsync(frame => (handle = frame.NewHandle()) is not null, "a handle");
        return handle!;
    }

    private static async Task<TestKit.LiveClose> CloseOfAsync(InMemoryHost host, CreatedKey key)
    {
        await using var client = await host.ConnectAsync(key: key.Secret);
        await client.SendJsonAsync(LiveTestHost.Setup);
        return await client.ExpectCloseAsync();
    }

    private static void AssertClosed(LiveClose expected, TestKit.LiveClose actual) => Assert.Equal((expected.Code, expected.Reason), (actual.Code, actual.Reason));

    private static Task EmptyAsync(InMemoryHost host) => Expect.WithinAsync(host.Services.GetRequiredService<SessionRegistry>().WhenEmptyAsync(), "all connections end");

    private async Task<string> IdOfAsync(string name) => (await _stores.Nodes.ListAsync(Cancellation)).Single(node => node.Name == name).Id;
}

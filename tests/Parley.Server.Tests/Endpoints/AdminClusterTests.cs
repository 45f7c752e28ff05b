using System.Net;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

/// <summary>The admin API of one node shows and controls all of them.</summary>
public sealed class AdminClusterTests
{
    [Fact]
    public async Task Nodes_are_listed_by_name_with_their_sessions()
    {
        await using var cluster = await AdminCluster.StartAsync("two", "one");
        await using var client = await cluster.Host("two").OpenAsync();

        var nodes = await cluster.ListAsync("one", "nodes");

        Assert.Equal(["one", "two"], nodes.Select(static node => node.GetProperty("name").GetString()));
        Assert.Equal([await cluster.IdOfAsync("one"), await cluster.IdOfAsync("two")], nodes.Select(static node => node.GetProperty("id").GetString()));
        Assert.Equal([true, false], nodes.Select(static node => node.GetProperty("self").GetBoolean()));
        Assert.Equal([0, 1], nodes.Select(static node => node.GetProperty("sessions").GetInt32()));
        Assert.All(nodes, static node => Assert.Equal((true, false), (node.GetProperty("alive").GetBoolean(), node.GetProperty("draining").GetBoolean())));
    }

    [Fact]
    public async Task Dead_node_is_listed_and_cannot_be_drained()
    {
        await using var cluster = await AdminCluster.StartAsync("one");
        await cluster.Nodes.RenewAsync(Node("dead", "two", cluster.Time), TestContext.Current.CancellationToken);
        await cluster.Time.AdvanceAsync(INodeStore.NodeLifetime, TestContext.Current.CancellationToken);

        var dead = (await cluster.ListAsync("one", "nodes"))[1];

        Assert.Equal(("dead", false), (dead.GetProperty("id").GetString(), dead.GetProperty("alive").GetBoolean()));
        Assert.Equal(15, dead.GetProperty("secondsSinceRenewal").GetDouble());
        foreach (var node in (string[])["dead", "two"])
            await cluster.SendAsync("one", HttpMethod.Post, $"nodes/{node}/drain", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Sessions_of_all_nodes_are_listed_oldest_first_with_the_messages_of_the_answering_node()
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        await using var there = await cluster.Host("two").OpenAsync();
        await cluster.RenewAsync();
        await using var here = await cluster.Host("one").OpenAsync();
        await here.EchoAsync("running");

        var sessions = await cluster.ListAsync("one", "sessions");

        Assert.Equal(["two", "one"], sessions.Select(static session => session.GetProperty("nodeName").GetString()));
        Assert.Equal([await cluster.IdOfAsync("two"), await cluster.IdOfAsync("one")], sessions.Select(static session => session.GetProperty("nodeId").GetString()));
        Assert.False(sessions[0].TryGetProperty("messagesReceived", out _));
        Assert.Equal(1, sessions[1].GetProperty("messagesReceived").GetInt32());
        // All else is the same, whichever node answers.
        var others = await cluster.ListAsync("two", "sessions");
        foreach (var name in (string[])["id", "connectionId", "keyId", "onToken", "model", "resumed", "since", "until"])
            Assert.Equal(sessions.Select(session => session.GetProperty(name).GetRawText()), others.Select(session => session.GetProperty(name).GetRawText()));
    }

    [Theory]
    [InlineData("one", HttpStatusCode.Accepted)]
    [InlineData("two", HttpStatusCode.NoContent)]
    public async Task Session_is_ended_through_any_node(string through, HttpStatusCode status)
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        await using var client = await cluster.Host("two").OpenAsync();
        var id = (await cluster.Model("two").FirstSessionAsync()).Start.SessionId;

        await cluster.SendAsync(through, HttpMethod.Delete, "sessions/" + id, status);

        Assert.Equal(LiveClose.Aborted.Code, (await client.ExpectCloseAsync()).Code);
        await cluster.SendAsync(through, HttpMethod.Delete, "sessions/unknown", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("one", false)]
    [InlineData("one", true)]
    [InlineData("two", false)]
    public async Task Node_is_drained_through_any_node(string through, bool byId)
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        await using var client = await cluster.Host("two").OpenAsync();
        var id = await cluster.IdOfAsync("two");

        var answer = await cluster.SendAsync(through, HttpMethod.Post, $"nodes/{(byId ? id : "two")}/drain", HttpStatusCode.Accepted);

        Assert.Equal(id, answer.GetProperty("id").GetString());
        await client.ReceiveUntilAsync(static frame => frame.Has("goAway"), "goAway");
        await cluster.RenewAsync();
        var nodes = await cluster.ListAsync("one", "nodes");
        Assert.Equal([false, true], nodes.Select(static node => node.GetProperty("draining").GetBoolean()));
        await using var elsewhere = await cluster.Host("one").OpenAsync();
        Assert.Contains(cluster.Host(through).Logs.Entries, entry => entry.Message.StartsWith($"Operator: node.drained {id} two", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_name_that_is_not_unique_is_refused_with_the_ids()
    {
        await using var cluster = await AdminCluster.StartAsync("same#1", "same#2");
        var id = await cluster.IdOfAsync("same#2");

        var error = await cluster.SendAsync("same#1", HttpMethod.Post, "nodes/same/drain", HttpStatusCode.Conflict);

        Assert.Contains(id, error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        await cluster.SendAsync("same#1", HttpMethod.Post, "nodes/other/drain", HttpStatusCode.NotFound);
        await cluster.SendAsync("same#1", HttpMethod.Post, $"nodes/{id}/drain", HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Key_shows_sessions_and_usage_of_all_nodes()
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        var (id, secret) = await cluster.CreateKeyAsync("one");
        await using var here = await cluster.Host("one").OpenAsync(key: secret);
        await using var there = await cluster.Host("two").OpenAsync(key: secret);
        foreach (var node in (string[])["one", "two"])
            (await cluster.Model(node).FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 20 } });
        await cluster.RenewAsync();

        var key = Assert.Single(await cluster.ListAsync("one", "keys"));
        var day = Assert.Single(await cluster.ListAsync("two", "usage"));

        Assert.Equal(2, key.GetProperty("openSessions").GetInt32());
        Assert.Equal((2, 40), (key.GetProperty("today").GetProperty("sessions").GetInt32(), key.GetProperty("today").GetProperty("promptTokens").GetInt32()));
        Assert.Equal((id, 2, 40), (day.GetProperty("keyId").GetString(), day.GetProperty("sessions").GetInt32(), day.GetProperty("promptTokens").GetInt32()));
    }

    [Fact]
    public async Task Usage_is_read_from_the_store_once_a_second()
    {
        await using var cluster = await AdminCluster.StartAsync("one");
        await cluster.CreateKeyAsync("one");
        var before = (cluster.Calls.GetValueOrDefault("LoadAsync"), cluster.Calls.GetValueOrDefault("FindAsync"));

        for (var i = 0; i < 5; i++)
        {
            await cluster.ListAsync("one", "usage");
            await cluster.ListAsync("one", "keys");
        }
        Assert.Equal((before.Item1 + 1, before.Item2 + 1), (cluster.Calls["LoadAsync"], cluster.Calls["FindAsync"]));
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await cluster.ListAsync("one", "usage");
        await cluster.ListAsync("one", "keys");

        Assert.Equal((before.Item1 + 2, before.Item2 + 2), (cluster.Calls["LoadAsync"], cluster.Calls["FindAsync"]));
    }

    [Fact]
    public async Task Limits_of_a_key_are_replaced_and_running_sessions_of_all_nodes_checked()
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        var (id, secret) = await cluster.CreateKeyAsync("one", """{"name":"site","limits":{"maxSessions":3,"models":["gemini-*"]}}""");
        await using var here = await cluster.Host("one").OpenAsync(key: secret);
        await using var there = await cluster.Host("two").OpenAsync(key: secret);
        foreach (var node in (string[])["one", "two"])
            (await cluster.Model(node).FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 20 } });

        var changed = await cluster.SendAsync("one", HttpMethod.Patch, "keys/" + id, HttpStatusCode.OK, """{"limits":{"tokensPerDay":10}}""");

        Assert.Equal("""{"tokensPerDay":10,"models":[]}""", changed.GetProperty("limits").GetRawText());
        foreach (var client in (LiveSocket[])[here, there])
            Assert.Equal(LiveClose.QuotaExceeded.Code, (await client.ExpectCloseAsync(skipMessages: true)).Code);
        Assert.Contains(cluster.Host("one").Logs.Entries, entry => entry.Message.StartsWith($"Operator: key.changed {id} {{\"tokensPerDay\":10", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("""{"limits":null}""")]
    [InlineData("""{"limits":{"maxSessions":0}}""")]
    [InlineData("""{"limits":{"surprise":1}}""")]
    [InlineData("""{"name":"other","limits":{}}""")]
    public async Task Invalid_limits_are_refused_and_change_nothing(string body)
    {
        await using var cluster = await AdminCluster.StartAsync("one");
        var (id, _) = await cluster.CreateKeyAsync("one", """{"name":"site","limits":{"maxSessions":3}}""");

        await cluster.SendAsync("one", HttpMethod.Patch, "keys/" + id, HttpStatusCode.BadRequest, body);

        Assert.Equal(3, Assert.Single(await cluster.ListAsync("one", "keys")).GetProperty("limits").GetProperty("maxSessions").GetInt32());
        await cluster.SendAsync("one", HttpMethod.Patch, "keys/unknown", HttpStatusCode.NotFound, """{"limits":{}}""");
    }

    [Fact]
    public async Task Revoked_key_ends_its_sessions_on_all_nodes()
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        var (id, secret) = await cluster.CreateKeyAsync("one");
        await using var here = await cluster.Host("one").OpenAsync(key: secret);
        await using var there = await cluster.Host("two").OpenAsync(key: secret);
        await using var unrelated = await cluster.Host("two").OpenAsync();

        await cluster.SendAsync("one", HttpMethod.Delete, "keys/" + id, HttpStatusCode.NoContent);

        foreach (var client in (LiveSocket[])[here, there])
            Assert.Equal(LiveClose.InvalidKey.Code, (await client.ExpectCloseAsync()).Code);
        await unrelated.EchoAsync("goes on");
    }

    [Fact]
    public async Task Lists_are_partial_while_the_stores_are_away()
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        var (id, secret) = await cluster.CreateKeyAsync("one");
        await cluster.CreateKeyAsync("one", """{"name":"without a session"}""");
        await using var here = await cluster.Host("one").OpenAsync(key: secret);
        await using var there = await cluster.Host("two").OpenAsync(key: secret);
        cluster.IsAway = true;

        var lists = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var path in (string[])["nodes", "sessions", "keys", "usage"])
            lists[path] = await cluster.SendAsync("one", HttpMethod.Get, path, HttpStatusCode.OK);

        Assert.All(lists.Values, static list => Assert.True(list.GetProperty("partial").GetBoolean()));
        var node = Assert.Single(lists["nodes"].GetProperty("nodes").EnumerateArray());
        Assert.Equal(("one", 1, true), (node.GetProperty("name").GetString(), node.GetProperty("sessions").GetInt32(), node.GetProperty("alive").GetBoolean()));
        Assert.False(node.TryGetProperty("secondsSinceRenewal", out _));
        Assert.Equal("one", Assert.Single(lists["sessions"].GetProperty("sessions").EnumerateArray()).GetProperty("nodeName").GetString());
        var key = Assert.Single(lists["keys"].GetProperty("keys").EnumerateArray());
        Assert.Equal((id, 1), (key.GetProperty("id").GetString(), key.GetProperty("openSessions").GetInt32()));
        Assert.Equal(id, Assert.Single(lists["usage"].GetProperty("usage").EnumerateArray()).GetProperty("keyId").GetString());
        cluster.IsAway = false;
        await cluster.RenewAsync();
        foreach (var path in lists.Keys)
            Assert.False((await cluster.SendAsync("one", HttpMethod.Get, path, HttpStatusCode.OK)).TryGetProperty("partial", out _), path);
    }

    [Fact]
    public async Task Own_node_is_drained_and_own_session_ended_while_the_stores_are_away()
    {
        await using var cluster = await AdminCluster.StartAsync("one", "two");
        await using var here = await cluster.Host("one").OpenAsync();
        await using var there = await cluster.Host("two").OpenAsync();
        var (own, other) = (await cluster.IdOfAsync("one"), await cluster.IdOfAsync("two"));
        cluster.IsAway = true;

        // Another node may have the same name.
        foreach (var node in (string[])["one", "two", other])
            await cluster.SendAsync("one", HttpMethod.Post, $"nodes/{node}/drain", HttpStatusCode.ServiceUnavailable);
        await cluster.SendAsync("one", HttpMethod.Delete, "sessions/" + (await cluster.Model("two").FirstSessionAsync()).Start.SessionId, HttpStatusCode.ServiceUnavailable);
        await cluster.SendAsync("one", HttpMethod.Delete, "sessions/" + (await cluster.Model("one").FirstSessionAsync()).Start.SessionId, HttpStatusCode.NoContent);
        var drained = await cluster.SendAsync("one", HttpMethod.Post, $"nodes/{own}/drain", HttpStatusCode.Accepted);

        Assert.Equal(LiveClose.Aborted.Code, (await here.ExpectCloseAsync(skipMessages: true)).Code);
        Assert.True(drained.GetProperty("draining").GetBoolean());
        cluster.IsAway = false;
    }

    private static LiveNode Node(string id, string name, TestClock time) => new() { Id = id, Name = name, Version = "1", Started = time.GetUtcNow() };
}

using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Cli.Tests.Admin;

/// <summary><c>parley nodes</c> and <c>parley sessions</c> through the admin API of a server that has another beside it.</summary>
public sealed class ClusterCommandTests : IAsyncLifetime
{
    private const string Secret = "admin-secret-of-the-tests";

    private readonly TestClock _time = new();
    private readonly CliRun _cli;
    private InMemoryHost _host = null!;

    public ClusterCommandTests() => _cli = new CliRun { TimeProvider = _time };

    private INodeStore Nodes => _host.Services.GetRequiredService<INodeStore>();

    public async ValueTask InitializeAsync()
    {
        _host = await InMemoryHost.StartAsync(
            static builder => builder.Services.AddLiveApi(static options => (options.NodeName, options.Admin.Secret) = ("one", Secret))
                .UseRelay(static relay => relay.Upstreams.Add(new UpstreamOptions { Key = "never-used" })),
            static app =>
            {
                app.MapLiveApi();
                app.MapLiveAdmin();
            },
            _time);
        await RenewAsync(isDraining: false);
        await Nodes.EnterAsync(
            new NodeSession
            {
                SessionId = "s1",
                ConnectionId = "c1",
                NodeId = "id-of-two",
                KeyId = "some-key",
                IsOnToken = true,
                Model = "models/gemini-3.8-live",
                IsResumed = true,
                Started = _time.GetUtcNow() - TimeSpan.FromMinutes(3),
                Until = _time.GetUtcNow() + TimeSpan.FromMinutes(7),
            },
            null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _cli.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Nodes_are_listed_with_state_and_sessions()
    {
        var table = await RunAsync("nodes", "list");
        var json = (await RunAsync("nodes", "list", "--json")).Json;

        Assert.Matches("^NAME +ID +STATE +SESSIONS +VERSION +AGE +RENEWED$", table.OutputLines[0]);
        Assert.Matches("^one \\* +[0-9a-f]+ +running +0 +[^ ]+ +0s +0s ago$", table.OutputLines[1]);
        Assert.Matches("^two +id-of-two +running +1 +1.2.3 +5m +0s ago$", table.OutputLines[2]);
        Assert.Equal(["node", "node", "nodeList"], json.Select(static line => line.GetProperty("type").GetString()));
        Assert.Equal((true, false), (json[0].GetProperty("self").GetBoolean(), json[1].GetProperty("self").GetBoolean()));
        Assert.Equal(1, json[1].GetProperty("sessions").GetInt32());
    }

    [Fact]
    public async Task Sessions_are_listed_with_node_key_model_and_age()
    {
        var table = await RunAsync("sessions", "list");
        var json = (await RunAsync("sessions", "list", "--json")).Json;

        Assert.Matches("^ID +NODE +KEY +MODEL +AGE +LEFT$", table.OutputLines[0]);
        Assert.Matches("^s1 +two +some-key \\(token\\) +gemini-3.8-live +3m \\(resumed\\) +7m$", table.OutputLines[1]);
        Assert.Equal(("session", "two", "id-of-two", "models/gemini-3.8-live"), (
            json[0].GetProperty("type").GetString(), json[0].GetProperty("nodeName").GetString(), json[0].GetProperty("nodeId").GetString(),
            json[0].GetProperty("model").GetString()));
    }

    [Fact]
    public async Task Session_of_another_node_is_ended_by_a_signal()
    {
        await using var signals = await ListenAsync();

        var ended = await RunAsync("sessions", "end", "s1");
        var unknown = await RunAsync("sessions", "end", "unknown/../s");

        Assert.Equal("s1 is ended", Assert.Single(ended.OutputLines));
        Assert.Equal(new NodeSignal(NodeSignalKind.EndSession, "s1"), await NextAsync(signals));
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("No live session unknown/../s on http://parley.test.", Assert.Single(unknown.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_waits_until_the_node_has_no_sessions()
    {
        await using var signals = await ListenAsync();

        var run = RunAsync("nodes", "drain", "two", "--wait");
        Assert.Equal(new NodeSignal(NodeSignalKind.DrainNode, "id-of-two"), await NextAsync(signals));
        await _cli.Output.WrittenAsync("two drains: 1 session left");
        await Nodes.LeaveAsync("s1", "c1", CancellationToken.None);
        await AdvanceUntilAsync(_cli.Output.WrittenAsync("0 sessions left"));
        Assert.False(run.IsCompleted, "The node does not drain yet, and may accept sessions.");
        await RenewAsync(isDraining: true);
        await AdvanceUntilAsync(run);

        Assert.Equal(0, (await run).ExitCode);
        Assert.Equal(["two drains: 1 session left", "0 sessions left", "two has no sessions"], (await run).OutputLines);
    }

    [Fact]
    public async Task Drain_ends_when_the_node_has_ended()
    {
        var run = RunAsync("nodes", "drain", "two", "--wait", "--json");
        await _cli.Output.WrittenAsync("draining");
        await Nodes.RemoveAsync("id-of-two", CancellationToken.None);
        await AdvanceUntilAsync(run);

        Assert.Equal(0, (await run).ExitCode);
        Assert.Equal(["draining", "drained"], (await run).Json.Select(static line => line.GetProperty("type").GetString()));
        Assert.True((await run).Json[1].GetProperty("ended").GetBoolean());
    }

    [Fact]
    public async Task Drain_gives_up_after_its_timeout()
    {
        var run = RunAsync("nodes", "drain", "two", "--wait", "--timeout", "3s");
        await AdvanceUntilAsync(run);

        Assert.Equal(1, (await run).ExitCode);
        Assert.Contains("two still has sessions: 1.", Assert.Single((await run).ErrorLines), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(3), _time.Elapsed);
    }

    [Fact]
    public async Task Unknown_or_ambiguous_node_is_not_drained()
    {
        await Nodes.RenewAsync(new LiveNode { Id = "id-of-one", Name = "one", Version = "1.2.3", Started = _time.GetUtcNow() }, CancellationToken.None);

        var unknown = await RunAsync("nodes", "drain", "three");
        var ambiguous = await RunAsync("nodes", "drain", "one");

        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("No running node three in the cluster of http://parley.test.", Assert.Single(unknown.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(2, ambiguous.ExitCode);
        Assert.Contains("id-of-one", Assert.Single(ambiguous.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_need_the_address_of_the_admin_API()
    {
        var result = await _cli.RunAsync("sessions", "list");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--url is missing. Give the admin API of a server", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] arguments)
    {
        var cli = _cli.With("PARLEY_ADMIN_SECRET", Secret);
        cli.Invoker = _host.Invoker;
        return cli.RunAsync([.. arguments, "--url", "http://parley.test/admin/"]);
    }

    private ValueTask<bool> RenewAsync(bool isDraining) => Nodes.RenewAsync(
        new LiveNode { Id = "id-of-two", Name = "two", Version = "1.2.3", Started = _time.GetUtcNow() - TimeSpan.FromMinutes(5), IsDraining = isDraining }, CancellationToken.None);

    // The interval in which the command asks again; the server has timers of a second too, but periodic ones.
    private Task AdvanceUntilAsync(Task happened) => _time.AdvanceUntilAsync(happened, TimeSpan.FromSeconds(1));

    private async Task<IAsyncEnumerator<NodeSignal>> ListenAsync()
    {
        var signals = Nodes.ListenAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.Equal(NodeSignalKind.Listening, (await NextAsync(signals)).Kind);
        return signals;
    }

    private static async Task<NodeSignal> NextAsync(IAsyncEnumerator<NodeSignal> signals)
    {
        await Expect.WithinAsync(signals.MoveNextAsync().AsTask(), "a signal arrives");
        return signals.Current;
    }
}

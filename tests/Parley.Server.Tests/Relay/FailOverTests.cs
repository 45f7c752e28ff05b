using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

public sealed class FailOverTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1011, "You exceeded your current quota, please check your plan and billing details.")]
    [InlineData(1011, "Internal error encountered.")]
    [InlineData(1007, "API key not valid. Please pass a valid API key.")]
    public async Task Failed_upstream_fails_over_to_the_next(int code, string reason)
    {
        await using var first = await RawUpstream.StartAsync();
        await using var second = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(first, second);
        gateway.AllowErrors(static e => e.EventId.Id == 1202);
        var (one, two) = (first.NextAsync(), second.NextAsync());
        await using var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.Setup);
        var failing = await one;
        await failing.SetupAsync();

        await failing.CloseAsync(code, reason);

        var taken = await two;
        await taken.AcceptSetupAsync();
        await client.ReceiveUntilAsync(static f => f.Has("setupComplete"));
        Assert.Equal(await failing.SetupAsync(), await taken.SetupAsync());
    }

    [Theory]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Refused_upgrade_fails_over_to_the_next(int status)
    {
        await using var first = await RawUpstream.StartAsync();
        await using var second = await RawUpstream.StartAsync();
        first.Refuses = status;
        await using var gateway = await StartAsync(first, second);
        if (status is 401 or 403)
            gateway.AllowErrors(static e => e.EventId.Id == 1202);

        var (client, _) = await gateway.OpenAsync(second);

        await client.DisposeAsync();
    }

    [Fact]
    public async Task Missing_descriptor_ends_one_session_and_does_not_cool_the_upstream_down()
    {
        var connector = new ExhaustedConnector();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, services: services => services.AddSingleton<IUpstreamConnector>(connector));
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);

        var close = await client.ExpectCloseAsync();
        Assert.Equal((1011, "The service is currently unavailable."), (close.Code, close.Reason));
        Assert.Equal((1, 0), (connector.Calls, gateway.Services.GetRequiredService<UpstreamPool>().CountCoolingDown()));
    }

    [Fact]
    public async Task Failed_upstream_is_skipped_during_its_cool_down()
    {
        await using var first = await RawUpstream.StartAsync();
        await using var second = await RawUpstream.StartAsync();
        first.Refuses = 503;
        await using var gateway = await StartAsync(first, second);
        await (await gateway.OpenAsync(second)).Client.DisposeAsync();
        first.Refuses = null;

        await (await gateway.OpenAsync(second)).Client.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(61));
        await (await gateway.OpenAsync(first)).Client.DisposeAsync();

        Assert.Single(first.Connections.Snapshot);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    public async Task Upstream_that_refuses_one_request_does_not_cool_down(int status)
    {
        await using var first = await RawUpstream.StartAsync();
        await using var second = await RawUpstream.StartAsync();
        first.Refuses = status;
        await using var gateway = await StartAsync(first, second);
        await (await gateway.OpenAsync(second)).Client.DisposeAsync();
        first.Refuses = null;

        await (await gateway.OpenAsync(first)).Client.DisposeAsync();
    }

    [Fact]
    public async Task Refused_setup_does_not_fail_over()
    {
        await using var first = await RawUpstream.StartAsync();
        await using var second = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(first, second);
        var next = first.NextAsync();
        await using var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.Setup);
        var connection = await next;
        await connection.SetupAsync();

        await connection.CloseAsync(1007, "Request contains an invalid argument.");

        Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
        Assert.Empty(second.Connections.Snapshot);
    }

    [Fact]
    public async Task Silent_upstream_times_out()
    {
        await using var first = await RawUpstream.StartAsync();
        await using var second = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(first, second, static options => options.SetupTimeout = TimeSpan.FromSeconds(15));
        var (one, two) = (first.NextAsync(), second.NextAsync());
        await using var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.Setup);
        await (await one).SetupAsync();

        _time.Advance(TimeSpan.FromSeconds(16));

        await (await two).AcceptSetupAsync();
        await client.ReceiveUntilAsync(static f => f.Has("setupComplete"));
    }

    [Fact]
    public async Task Session_resumes_only_on_its_own_upstream()
    {
        await using var first = await RawUpstream.StartAsync();
        await using var second = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(first, second);
        var (client, connection) = await gateway.OpenAsync(first);
        await using var _ = client;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        var again = first.NextAsync();

        await connection.CloseAsync(1011, "Internal error occurred.");

        Assert.Contains("up-1", await (await again).SetupAsync(), StringComparison.Ordinal);
        Assert.Empty(second.Connections.Snapshot);
    }

    private Task<InMemoryHost> StartAsync(RawUpstream first, RawUpstream second, Action<RelayOptions>? configure = null) =>
        Gateway.StartAsync(new Dictionary<string, InMemoryHost> { ["first.test"] = first.Host, ["second.test"] = second.Host }, configure: configure, time: _time);

    /// <summary>Fails as a process without descriptors does.</summary>
    private sealed class ExhaustedConnector : IUpstreamConnector
    {
        public int Calls { get; private set; }

        public Task<WebSocket> ConnectAsync(Upstream upstream, string version, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
        {
            Calls++;
            throw new UpstreamException("connection failed", null, new HttpRequestException("no socket", new SocketException((int)SocketError.TooManyOpenSockets)));
        }
    }
}

using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Server.Sockets;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Sockets;

/// <summary>Floods without a session on real sockets, with the direct transport and with Kestrel's own.</summary>
public sealed class ConnectionLimitTests
{
    private static readonly string Path = $"{LiveTestHost.Path}?key={LiveTestHost.Key}";

    private readonly TestClock _time = new();

    [Theory]
    [InlineData(true, "")]
    [InlineData(true, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    [InlineData(false, "")]
    [InlineData(false, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    public async Task Connection_without_a_complete_head_is_cut_after_the_request_timeout(bool direct, string head)
    {
        await using var server = await LoopbackHost.StartAsync(time: _time, direct: direct);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(head));
        var gate = await EnteredAsync(server, 1);
        await _time.TimerAsync(LiveTestHost.Defaults.Connections.RequestTimeout);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, gate.Refused(ConnectionRefusal.Timeout));
        _time.Advance(TimeSpan.FromSeconds(0.1));

        await EndedAsync(client);
        Assert.Equal(1, gate.Refused(ConnectionRefusal.Timeout));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silent_TLS_handshake_is_cut_after_the_request_timeout(bool direct)
    {
        await using var server = await LoopbackHost.StartAsync(tls: true, time: _time, direct: direct);
        using var client = await server.ConnectAsync();
        await EnteredAsync(server, 1);
        await _time.TimerAsync(LiveTestHost.Defaults.Connections.RequestTimeout);

        _time.Advance(TimeSpan.FromSeconds(5));

        await EndedAsync(client);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_and_connection_kept_alive_outlive_the_request_timeout(bool direct)
    {
        await using var server = await LoopbackHost.StartAsync(time: _time, direct: direct);
        using var kept = await server.ConnectAsync();
        await AskAsync(kept);
        using var session = await OpenAsync(server);

        _time.Advance(TimeSpan.FromSeconds(6));

        await AskAsync(kept);
        await EchoAsync(session, "still here");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_goes_on_and_a_client_gets_in_while_a_flood_holds_the_rest(bool direct)
    {
        await using var server = await LoopbackHost.StartAsync(direct: direct, configure: static options =>
            (options.Connections.MaxHttpConnections, options.Connections.MaxConnectionsPerSecond) = (10, 0));
        using var session = await OpenAsync(server);
        var flood = new List<Socket>();
        for (var i = 0; i < 100; i++)
            flood.Add(await server.ConnectAsync());

        await EchoAsync(session, "during the flood");
        using (var client = await OpenAsync(server))
            await EchoAsync(client, "a new client");

        var gate = server.Services.GetRequiredService<ConnectionGate>();
        Assert.InRange(gate.Refused(ConnectionRefusal.Replaced), 90, 101);
        // The first ones were closed, the last ones wait.
        await EndedAsync(flood[0]);
        Assert.True(flood[^1].Poll(0, SelectMode.SelectWrite) && !flood[^1].Poll(0, SelectMode.SelectRead));
        flood.ForEach(static socket => socket.Dispose());
        Assert.Contains(server.Logs.Entries, static entry => entry.Message.StartsWith("Closing connections without a session (Replaced)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_in_the_reserve_of_descriptors_is_closed_at_once(bool direct)
    {
        await using var server = await LoopbackHost.StartAsync(direct: direct, builderSetup: static builder => builder.Services.AddSingleton(new DescriptorLimit(limit: 1)));

        try
        {
            using var client = await server.ConnectAsync();
            await EndedAsync(client);
        }
        catch (SocketException)
        {
            // Closed before this client noticed that it was open.
        }

        var gate = server.Services.GetRequiredService<ConnectionGate>();
        await LoopbackHost.UntilAsync(() => gate.Refused(ConnectionRefusal.Descriptors) == 1, "the connection is refused");
        Assert.Equal(0, gate.Open);
    }

    [Fact]
    public async Task Upstream_socket_in_the_reserve_is_refused_as_if_none_were_left()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var error = await Assert.ThrowsAsync<SocketException>(async () => await new DescriptorLimit(limit: 1).ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken));

        Assert.True(DescriptorLimit.IsExhausted(new WebSocketException("outer", new HttpRequestException("inner", error))));
        await using var stream = await new DescriptorLimit(limit: null).ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public async Task Application_keeps_its_own_head_timeout_and_the_others_get_ours()
    {
        await using var ours = await LoopbackHost.StartAsync();
        await using var theirs = await LoopbackHost.StartAsync(
            builderSetup: static builder => builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20)));

        Assert.Equal(TimeSpan.FromSeconds(5), Timeout(ours));
        Assert.Equal(TimeSpan.FromSeconds(20), Timeout(theirs));

        static TimeSpan Timeout(LoopbackHost host) => host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.RequestHeadersTimeout;
    }

    [Fact]
    public async Task Metrics_show_connections_by_state_and_refusals_by_cause()
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var server = await LoopbackHost.StartAsync(time: _time);
        var meters = server.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name.StartsWith("parley.connections", StringComparison.Ordinal))
                listening.EnableMeasurementEvents(instrument);
        } };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => values[$"{instrument.Name} {tags[0].Value}"] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => values[tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}"] = value);
        listener.Start();
        using var session = await OpenAsync(server);
        using var silent = await server.ConnectAsync();
        using var slow = await server.ConnectAsync();
        await EnteredAsync(server, 3);
        await _time.TimerAsync(LiveTestHost.Defaults.Connections.RequestTimeout, count: 2);

        listener.RecordObservableInstruments();
        Assert.Equal((2, 0, 1), (values["parley.connections waiting"], values["parley.connections request"], values["parley.connections websocket"]));
        _time.Advance(TimeSpan.FromSeconds(5));
        listener.RecordObservableInstruments();

        Assert.Equal(2, values["parley.connections.refused timeout"]);
        Assert.Equal(["descriptors", "limit", "replaced", "timeout"], values.Keys.Where(static key => key.Contains("refused", StringComparison.Ordinal)).Select(static key => key.Split(' ')[1]).Order(StringComparer.Ordinal));
    }

    private static async Task<ConnectionGate> EnteredAsync(LoopbackHost server, int open)
    {
        var gate = server.Services.GetRequiredService<ConnectionGate>();
        await LoopbackHost.UntilAsync(() => gate.Open == open, $"{open} connections are accepted");
        return gate;
    }

    private static async Task EndedAsync(Socket client)
    {
        var buffer = new byte[4 << 10];
        try
        {
            while (await Expect.WithinAsync(client.ReceiveAsync(buffer), "the connection ends") > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset is an end, too.
        }
    }

    private static async Task AskAsync(Socket client)
    {
        await client.SendAsync("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var buffer = new byte[4 << 10];
        Assert.StartsWith("HTTP/1.1 404", Encoding.ASCII.GetString(buffer, 0, await Expect.WithinAsync(client.ReceiveAsync(buffer), "an answer")), StringComparison.Ordinal);
    }

    private static async Task<ClientWebSocket> OpenAsync(LoopbackHost server)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}{Path}"), TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes(LiveTestHost.Setup), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        Assert.Contains("setupComplete", await HearAsync(socket), StringComparison.Ordinal);
        return socket;
    }

    private static async Task EchoAsync(WebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes($$$"""{"realtimeInput":{"text":"{{{text}}}"}}"""), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        while (!(await HearAsync(socket)).Contains(text, StringComparison.Ordinal))
        {
        }
    }

    private static async Task<string> HearAsync(WebSocket socket)
    {
        var buffer = new byte[4 << 10];
        return Encoding.UTF8.GetString(buffer, 0, (await Expect.WithinAsync(socket.ReceiveAsync(buffer, CancellationToken.None), "a message")).Count);
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Sockets;

/// <summary>The direct transport with Kestrel and WebSockets on real loopback sockets.</summary>
public class DirectTransportTests
{
    private static readonly string Upgrade =
        $"GET {LiveTestHost.Path}?key={LiveTestHost.Key} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_runs_on_direct_sockets_with_and_without_TLS(bool tls)
    {
        await using var server = await LoopbackHost.StartAsync(tls);
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost" } };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{(tls ? "wss" : "ws")}://127.0.0.1:{server.Port}{LiveTestHost.Path}?key={LiveTestHost.Key}"), invoker, CancellationToken.None);

        await socket.SendAsync(Encoding.UTF8.GetBytes(LiveTestHost.Setup), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Contains("setupComplete", await HearAsync(socket), StringComparison.Ordinal);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        // Two plain requests on one connection.
        using var http = new HttpClient(handler, disposeHandler: false);
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{(tls ? "https" : "http")}://127.0.0.1:{server.Port}/healthz"))).StatusCode);
    }

    [Fact]
    public async Task Setup_sent_together_with_the_upgrade_is_received()
    {
        await using var server = await LoopbackHost.StartAsync();
        using var client = await server.ConnectAsync();
        await using var stream = new NetworkStream(client);
        var setup = Encoding.UTF8.GetBytes(LiveTestHost.Setup);
        byte[] head = [0x81, 0xfe, (byte)(setup.Length >> 8), (byte)setup.Length, 0, 0, 0, 0];
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Upgrade), .. head, .. setup]);

        var heard = new StringBuilder();
        var buffer = new byte[4 << 10];
        while (!heard.ToString().Contains("setupComplete", StringComparison.Ordinal))
            heard.Append(Encoding.Latin1.GetString(buffer, 0, await Expect.WithinAsync(ReadAsync(), "an answer")));
        Assert.StartsWith("HTTP/1.1 101", heard.ToString(), StringComparison.Ordinal);

        async Task<int> ReadAsync() => await stream.ReadAsync(buffer) is > 0 and var read ? read : throw new ExpectationException("The server closed.");
    }

    [Fact]
    public async Task Client_closed_while_sending_can_read_the_reason()
    {
        await using var server = await LoopbackHost.StartAsync();
        using var client = await server.ConnectAsync();
        await using var stream = new NetworkStream(client);
        // An invalid frame, followed by much data that the server does not read.
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Upgrade), 0xff, 0x80, 0, 0, 0, 0, .. new byte[200_000]]);
        client.Shutdown(SocketShutdown.Send);

        using var everything = new MemoryStream();
        await Expect.WithinAsync(stream.CopyToAsync(everything), "the server closes its side");
        var close = everything.ToArray().AsSpan(everything.ToArray().AsSpan().IndexOf("\r\n\r\n"u8) + 4);
        Assert.Equal((0x88, 1002), (close[0], (close[2] << 8) | close[3]));
    }

    [Fact]
    public async Task Vanishing_clients_do_not_affect_other_sessions()
    {
        await using var server = await LoopbackHost.StartAsync();
        var buffer = new byte[1 << 10];
        for (var i = 0; i < 300; i++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes(Upgrade));
            if (i % 3 > 0)
                await client.ReceiveAsync(buffer);
            client.LingerState = new LingerOption(i % 2 == 0, 0);
        }

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/healthz"))).StatusCode);
    }

    [Fact]
    public async Task Stopping_server_ends_open_connections()
    {
        var server = await LoopbackHost.StartAsync();
        using var idle = await server.ConnectAsync();
        using var waiting = await server.ConnectAsync();
        await waiting.SendAsync(Encoding.ASCII.GetBytes(Upgrade));
        var buffer = new byte[1 << 10];
        Assert.StartsWith("HTTP/1.1 101", Encoding.ASCII.GetString(buffer, 0, await waiting.ReceiveAsync(buffer)), StringComparison.Ordinal);

        await Expect.WithinAsync(server.DisposeAsync().AsTask(), "the server stops");

        Assert.Equal(0, await Expect.WithinAsync(idle.ReceiveAsync(buffer), "the idle connection ends"));
    }

    [Fact]
    public async Task Connection_flood_waits_in_the_backlog_and_open_connections_continue()
    {
        var time = new FakeTimeProvider();
        await using var server = await LoopbackHost.StartAsync(time: time, configure: static options => options.Connections.MaxConnectionsPerSecond = 2);
        using Socket first = await server.ConnectAsync(), second = await server.ConnectAsync(), third = await server.ConnectAsync();
        await AskAsync(first);
        await AskAsync(second);
        var waiting = AskAsync(third);

        for (var i = 0; i < 20; i++)
            await AskAsync(first);
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.5));
        await Expect.WithinAsync(waiting, "the third is answered");

        static async Task AskAsync(Socket client)
        {
            await client.SendAsync("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            var buffer = new byte[4 << 10];
            Assert.StartsWith("HTTP/1.1 404", Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stopping_server_does_not_wait_for_the_accept_rate_limit()
    {
        var server = await LoopbackHost.StartAsync(time: new FakeTimeProvider(), configure: static options => options.Connections.MaxConnectionsPerSecond = 1);
        for (var i = 0; i < 3; i++)
            (await server.ConnectAsync()).Dispose();

        await Expect.WithinAsync(server.DisposeAsync().AsTask(), "the server stops");
    }

    [Fact]
    public async Task Address_in_use_is_reported()
    {
        await using var server = await LoopbackHost.StartAsync();
        var error = await Assert.ThrowsAnyAsync<IOException>(() => LoopbackHost.StartAsync(port: server.Port));
        Assert.Contains("address already in use", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string> HearAsync(WebSocket socket)
    {
        var buffer = new byte[4 << 10];
        return Encoding.UTF8.GetString(buffer, 0, (await Expect.WithinAsync(socket.ReceiveAsync(buffer, CancellationToken.None), "a message")).Count);
    }
}

using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parley.TestKit.Tests;

public sealed class InMemoryHostTests
{
    private readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_answers_http()
    {
        await using var host = await InMemoryHost.StartAsync(null, app => app.MapGet("/hello", () => "Hi"), null, _cancellationToken);
        using var client = host.CreateClient();

        Assert.Equal("Hi", await client.GetStringAsync("hello", _cancellationToken));
        Assert.Equal("http://parley.test/", host.BaseAddress.ToString());
    }

    [Fact]
    public async Task Server_uses_the_clock_of_the_test()
    {
        var clock = new FixedClock();
        await using var host = await InMemoryHost.StartAsync(null, _ => { }, clock, _cancellationToken);

        Assert.Same(clock, host.Services.GetRequiredService<TimeProvider>());
    }

    [Fact]
    public async Task Host_carries_websockets_with_their_close()
    {
        await using var host = await StartAsync(EchoAsync);
        using var socket = await host.ConnectWebSocketAsync("/ws?key=1", null, _cancellationToken);

        await socket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, _cancellationToken);
        var buffer = new byte[16];
        var echo = await socket.ReceiveAsync(buffer, _cancellationToken);
        await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "enough", _cancellationToken);

        Assert.Equal("ping"u8, buffer.AsSpan(0, echo.Count));
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "enough"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Concurrent_sessions_keep_their_bytes_apart()
    {
        const int sessions = 40;
        await using var host = await StartAsync(EchoAsync);

        await Expect.WithinAsync(Task.WhenAll(Enumerable.Range(0, sessions).Select(TalkAsync)), "all echoes", _cancellationToken);

        async Task TalkAsync(int seed)
        {
            using var socket = await host.ConnectWebSocketAsync("/ws", null, _cancellationToken);
            var message = new byte[200_000];
            new Random(seed).NextBytes(message);
            var send = socket.SendAsync(message, WebSocketMessageType.Binary, true, _cancellationToken);
            var received = new byte[message.Length];
            for (var count = 0; count < received.Length;)
                count += (await socket.ReceiveAsync(received.AsMemory(count), _cancellationToken)).Count;
            await send;
            Assert.Equal(message, received);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _cancellationToken);
        }
    }

    [Fact]
    public async Task Refused_upgrade_reports_its_status()
    {
        await using var host = await StartAsync(EchoAsync);

        Assert.Equal(HttpStatusCode.NotFound, await host.ExpectRefusedAsync("/ws/nothing", null, _cancellationToken));
        await Assert.ThrowsAsync<ExpectationException>(() => host.ExpectRefusedAsync("/ws", null, _cancellationToken));
        await Assert.ThrowsAsync<WebSocketException>(() => host.ConnectWebSocketAsync("/nothing", null, _cancellationToken));
    }

    [Fact]
    public async Task Cut_reaches_both_ends_and_aborts_the_request()
    {
        var aborted = new TaskCompletionSource();
        var failed = new TaskCompletionSource<Exception>();
        await using var host = await StartAsync(async (context, socket) =>
        {
            context.RequestAborted.Register(() => aborted.SetResult());
            try
            {
                await socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None);
            }
            catch (Exception e)
            {
                failed.SetResult(e);
            }
        });
        using var socket = await host.ConnectWebSocketAsync("/ws", null, _cancellationToken);
        var receive = socket.ReceiveAsync(new byte[16], _cancellationToken);

        Assert.Equal(1, host.CutConnections());

        await Assert.ThrowsAsync<WebSocketException>(() => Expect.WithinAsync(receive, "the client's receive fails", _cancellationToken));
        await Expect.WithinAsync(failed.Task, "the server's receive fails", _cancellationToken);
        await Expect.WithinAsync(aborted.Task, "the request is aborted", _cancellationToken);
    }

    [Fact]
    public async Task Client_that_does_not_read_stalls_the_server_until_it_reads()
    {
        var message = new byte[1 << 20];
        new Random(1).NextBytes(message);
        var stalled = new TaskCompletionSource<bool>();
        await using var host = await StartAsync(async (_, socket) =>
        {
            var send = socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, true, CancellationToken.None);
            stalled.SetResult(!send.IsCompleted);
            await send;
        });
        await using var stream = await host.OpenRawWebSocketAsync("/ws", _cancellationToken);

        Assert.True(await Expect.WithinAsync(stalled.Task, "the server sends", _cancellationToken));

        const int headerBytes = 10;
        var received = new byte[headerBytes + message.Length];
        await Expect.WithinAsync(stream.ReadExactlyAsync(received, _cancellationToken).AsTask(), "the whole message", _cancellationToken);
        Assert.Equal(message, received.AsSpan(headerBytes));
    }

    [Fact]
    public async Task Stalled_connection_can_be_cut()
    {
        var failed = new TaskCompletionSource<Exception?>();
        await using var host = await StartAsync(async (context, socket) =>
        {
            failed.SetResult(await Record.ExceptionAsync(() => socket.SendAsync(
                new byte[1 << 20].AsMemory(), WebSocketMessageType.Binary, true, context.RequestAborted).AsTask()));
        });
        await using var stream = await host.OpenRawWebSocketAsync("/ws", _cancellationToken);

        host.CutConnections();

        await Expect.WithinAsync(failed.Task, "the server's send ends", _cancellationToken);
        await Assert.ThrowsAsync<IOException>(() => stream.ReadExactlyAsync(new byte[1], _cancellationToken).AsTask());
    }

    [Fact]
    public async Task Bytes_flushed_before_an_abort_still_arrive()
    {
        await using var host = await StartAsync(async (context, socket) =>
        {
            await socket.SendAsync("bye"u8.ToArray().AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
            context.Abort();
        });
        await using var stream = await host.OpenRawWebSocketAsync("/ws", _cancellationToken);

        var received = new MemoryStream();
        await Expect.WithinAsync(stream.CopyToAsync(received, _cancellationToken), "the end of the stream", _cancellationToken);

        Assert.Equal([0x81, 3, .. "bye"u8], received.ToArray());
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[1], _cancellationToken).AsTask());
    }

    [Fact]
    public async Task Server_can_abort_a_client_that_does_not_read()
    {
        var ended = new TaskCompletionSource();
        await using var host = await StartAsync(async (context, socket) =>
        {
            var send = socket.SendAsync(new byte[1 << 20].AsMemory(), WebSocketMessageType.Binary, true, CancellationToken.None);
            context.Abort();
            await Record.ExceptionAsync(() => send.AsTask());
            ended.SetResult();
        });
        await using var stream = await host.OpenRawWebSocketAsync("/ws", _cancellationToken);

        await Expect.WithinAsync(ended.Task, "the stalled send ends", _cancellationToken);
    }

    [Fact]
    public async Task Hand_written_frames_reach_the_server()
    {
        await using var host = await StartAsync(async (_, socket) =>
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None).AsTask()));
        await using var stream = await host.OpenRawWebSocketAsync("/ws", _cancellationToken);

        // A text frame whose single byte, masked with zeros, is not UTF-8.
        await stream.WriteAsync(new byte[] { 0x81, 0x81, 0, 0, 0, 0, 0xff }, _cancellationToken);

        var close = new byte[4];
        await Expect.WithinAsync(stream.ReadExactlyAsync(close, _cancellationToken).AsTask(), "a close frame", _cancellationToken);
        Assert.Equal((0x88, 1007), (close[0], (close[2] << 8) + close[3]));
    }

    [Fact]
    public async Task Client_that_disconnects_ends_the_stream_of_the_server()
    {
        var failed = new TaskCompletionSource<Exception?>();
        await using var host = await StartAsync(async (_, socket) => failed.SetResult(
            await Record.ExceptionAsync(() => socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None).AsTask())));
        var stream = await host.OpenRawWebSocketAsync("/ws", _cancellationToken);

        await stream.DisposeAsync();

        Assert.NotNull(await Expect.WithinAsync(failed.Task, "the server's receive fails", _cancellationToken));
    }

    [Fact]
    public async Task Error_in_the_log_fails_the_test()
    {
        var host = await InMemoryHost.StartAsync(null, app => app.MapGet("/", Fail), null, _cancellationToken);
        using var client = host.CreateClient();
        using var response = await client.GetAsync("/", _cancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);

        var thrown = await Assert.ThrowsAsync<ExpectationException>(() => host.DisposeAsync().AsTask());

        Assert.Contains("broken on purpose", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expected_error_in_the_log_is_allowed()
    {
        await using var host = await InMemoryHost.StartAsync(null, app => app.MapGet("/", Fail), null, _cancellationToken);
        host.AllowErrors(entry => entry.Exception is InvalidOperationException);
        using var client = host.CreateClient();

        using var response = await client.GetAsync("/", _cancellationToken);

        var entry = await host.Logs.FirstAsync(entry => entry.Level is LogLevel.Error, "the error", _cancellationToken);
        Assert.IsType<InvalidOperationException>(entry.Exception);
    }

    [Fact]
    public async Task Host_may_be_stopped_before_it_is_disposed_and_refuses_connections_then()
    {
        await using var host = await StartAsync(EchoAsync);

        await host.StopAsync(_cancellationToken);

        await Assert.ThrowsAsync<IOException>(host.OpenRawStreamAsync);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Connection_is_open_until_the_server_releases_it()
    {
        await using var host = await StartAsync(EchoAsync);
        Assert.Equal(0, host.OpenConnections);

        using var socket = await host.ConnectWebSocketAsync("/ws", null, _cancellationToken);

        Assert.Equal(1, host.OpenConnections);
    }

    private static string Fail() => throw new InvalidOperationException("broken on purpose");

    private static async Task EchoAsync(HttpContext context, WebSocket socket)
    {
        var buffer = new byte[1 << 10];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { CloseStatus: null } part)
            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
        await socket.CloseAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, context.RequestAborted);
    }

    private Task<InMemoryHost> StartAsync(Func<HttpContext, WebSocket, Task> handler) => InMemoryHost.StartAsync(
        null,
        app =>
        {
            app.UseWebSockets();
            app.Map("/ws", async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                try
                {
                    await handler(context, socket);
                }
                catch (Exception e) when (e is OperationCanceledException or WebSocketException)
                {
                    // Lost: many of these tests end with the socket open.
                    context.Abort();
                }
            });
        },
        timeProvider: null,
        _cancellationToken);

    private sealed class FixedClock : TimeProvider;
}

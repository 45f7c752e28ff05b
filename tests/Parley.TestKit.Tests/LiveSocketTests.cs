using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Parley.TestKit.Tests;

public sealed class LiveSocketTests
{
    private readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;
    private readonly EventLog<string> _seen = new();

    [Fact]
    public async Task Socket_receives_valid_messages_and_the_close()
    {
        await using var host = await StartAsync(
            ("""{"setupComplete":{}}""", WebSocketMessageType.Binary),
            ("""{"serverContent":{"generationComplete":true}}""", WebSocketMessageType.Text),
            ("""{"serverContent":{"turnComplete":true}}""", WebSocketMessageType.Text));
        await using var socket = await LiveSocket.ConnectAsync(host, "/ws", null, _cancellationToken);

        await socket.SendJsonAsync("{}", _cancellationToken);
        var first = await socket.ReceiveAsync(_cancellationToken);
        var turn = await socket.ReceiveUntilAsync(
            frame => frame.At("serverContent", "turnComplete") is not null, "turnComplete", _cancellationToken);
        var close = await socket.ExpectCloseAsync(cancellationToken: _cancellationToken);

        Assert.True(first.Has("setupComplete"));
        Assert.Equal(WebSocketMessageType.Binary, first.Type);
        Assert.True(turn.At("serverContent", "turnComplete")!.Value.GetBoolean());
        Assert.Equal(3, socket.Received.Count);
        Assert.Equal(new LiveClose(1008, "done"), close);
    }

    [Fact]
    public async Task Socket_sends_objects_in_camel_case_and_bytes_unchanged()
    {
        await using var host = await StartAsync();
        await using var first = await LiveSocket.ConnectAsync(host, "/ws", null, _cancellationToken);
        await first.SendJsonAsync(new { RealtimeInput = new { AudioStreamEnd = true } }, _cancellationToken);
        await using var second = await LiveSocket.ConnectAsync(host, "/ws", null, _cancellationToken);
        await second.SendBinaryAsync("{}"u8.ToArray(), _cancellationToken);

        await _seen.FirstAsync(text => text == """Text {"realtimeInput":{"audioStreamEnd":true}}""", "the object", _cancellationToken);
        await _seen.FirstAsync(text => text == "Binary {}", "the bytes", _cancellationToken);
        await first.ExpectCloseAsync(cancellationToken: _cancellationToken);
        await second.ExpectCloseAsync(cancellationToken: _cancellationToken);
    }

    [Theory]
    [InlineData("""{"setupDone":{}}""", "/setupDone")]
    [InlineData("""{"goAway":{"timeLeft":"1s","timeLeft":"2s"}}""", "no valid JSON")]
    [InlineData("""hello""", "no valid JSON")]
    public async Task Message_that_breaks_the_schema_fails_the_receive(string message, string complaint)
    {
        await using var host = await StartAsync((message, WebSocketMessageType.Text));
        await using var socket = await LiveSocket.ConnectAsync(host, "/ws", null, _cancellationToken);
        await socket.SendJsonAsync("{}", _cancellationToken);

        var thrown = await Assert.ThrowsAsync<ExpectationException>(() => socket.ReceiveAsync(_cancellationToken));

        Assert.Contains(complaint, thrown.Message, StringComparison.Ordinal);
        await socket.ExpectCloseAsync(cancellationToken: _cancellationToken);
    }

    [Fact]
    public async Task Early_close_reports_its_reason_and_the_messages_before()
    {
        await using var host = await StartAsync(("""{"setupComplete":{}}""", WebSocketMessageType.Text));
        await using var socket = await LiveSocket.ConnectAsync(host, "/ws", null, _cancellationToken);
        await socket.SendJsonAsync("{}", _cancellationToken);

        var thrown = await Assert.ThrowsAsync<ExpectationException>(
            () => socket.ReceiveUntilAsync(frame => frame.Has("toolCall"), "a tool call", _cancellationToken));

        Assert.Contains("Expected a tool call", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("1008", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("setupComplete", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_instead_of_the_close_fails_unless_skipped()
    {
        (string, WebSocketMessageType)[] script =
        [
            ("""{"setupComplete":{}}""", WebSocketMessageType.Text), ("""{"goAway":{"timeLeft":"1s"}}""", WebSocketMessageType.Text),
        ];
        await using var host = await StartAsync(script);
        await using var socket = await LiveSocket.ConnectAsync(host, "/ws", null, _cancellationToken);
        await socket.SendJsonAsync("{}", _cancellationToken);

        await Assert.ThrowsAsync<ExpectationException>(() => socket.ExpectCloseAsync(cancellationToken: _cancellationToken));
        Assert.Equal(1008, (await socket.ExpectCloseAsync(skipMessages: true, _cancellationToken)).Code);
    }

    [Fact]
    public async Task Lost_connection_is_distinguished_from_a_close()
    {
        await using var host = await StartAsync();
        await using var socket = await LiveSocket.ConnectAsync(host, "/ws", null, _cancellationToken);
        host.CutConnections();

        var thrown = await Assert.ThrowsAsync<ExpectationException>(() => socket.ReceiveAsync(_cancellationToken));

        Assert.Contains("the connection was lost", thrown.Message, StringComparison.Ordinal);
    }

    // A server that waits for one message, says its lines and closes.
    private Task<InMemoryHost> StartAsync(params (string Text, WebSocketMessageType Type)[] lines) => InMemoryHost.StartAsync(
        null,
        app =>
        {
            app.UseWebSockets();
            app.Map("/ws", async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                try
                {
                    await TalkAsync(socket, lines);
                }
                catch (Exception e) when (e is OperationCanceledException or WebSocketException)
                {
                    _seen.Add("lost");
                }
            });
        },
        timeProvider: null,
        _cancellationToken);

    private async Task TalkAsync(WebSocket socket, (string Text, WebSocketMessageType Type)[] lines)
    {
        var buffer = new byte[1 << 10];
        var request = await socket.ReceiveAsync(buffer, _cancellationToken);
        _seen.Add($"{request.MessageType} {Encoding.UTF8.GetString(buffer, 0, request.Count)}");
        foreach (var (text, type) in lines)
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage: true, _cancellationToken);
        await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "done", _cancellationToken);
    }
}

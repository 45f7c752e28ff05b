using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Parley.Bench.Relay;

/// <summary>A minimal relay: two sockets, two loops, two buffers, no parsing and no validation.</summary>
internal sealed class PlainRelay(int upstreamPort)
{
    private const int BufferBytes = 16 << 10;

    private static readonly HttpMessageInvoker Invoker = new(new SocketsHttpHandler());

    internal async Task HandleAsync(HttpContext context)
    {
        using var client = await context.WebSockets.AcceptWebSocketAsync();
        using var upstream = new ClientWebSocket();
        await upstream.ConnectAsync(new Uri($"ws://127.0.0.1:{upstreamPort}/ws/bidi"), Invoker, context.RequestAborted);
        await Task.WhenAll(PumpAsync(client, upstream), PumpAsync(upstream, client));
    }

    private static async Task PumpAsync(WebSocket from, WebSocket to)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (true)
            {
                var part = await from.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await to.CloseOutputAsync(from.CloseStatus ?? WebSocketCloseStatus.NormalClosure, from.CloseStatusDescription, CancellationToken.None);
                    return;
                }
                await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            to.Abort();
        }
    }
}

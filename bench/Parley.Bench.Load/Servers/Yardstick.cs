using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Parley.Bench.Load.Servers;

/// <summary>A minimal handler: one loop and one buffer per connection, each message parsed as a document, no validation.</summary>
internal static class Yardstick
{
    private const int BufferBytes = 8 << 10;

    internal static async Task HandleAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var cancellationToken = context.RequestAborted;
        var buffer = new byte[BufferBytes];
        var audioMessages = 0L;
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                break;

            using var message = JsonDocument.Parse(buffer.AsMemory(0, length));
            if (message.RootElement.TryGetProperty("realtimeInput", out var input) && input.TryGetProperty("audio", out _))
                audioMessages++;
            else if (message.RootElement.TryGetProperty("setup", out _))
                await socket.SendAsync(Canned.SetupComplete, WebSocketMessageType.Text, true, cancellationToken);
            else if (message.RootElement.TryGetProperty("clientContent", out var content) && content.GetProperty("turnComplete").GetBoolean())
            {
                var chunks = int.Parse(content.GetProperty("turns")[0].GetProperty("parts")[0].GetProperty("text").GetString()!);
                for (var i = 0; i < chunks; i++)
                    await socket.SendAsync(Canned.Audio, WebSocketMessageType.Text, true, cancellationToken);
                await socket.SendAsync(Canned.GenerationComplete, WebSocketMessageType.Text, true, cancellationToken);
                await socket.SendAsync(Canned.TurnComplete, WebSocketMessageType.Text, true, cancellationToken);
            }
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }
}

using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Parley.Bench.Relay;

/// <summary>Answers the first message with setupComplete and every other one with an audio message.</summary>
internal static class EchoUpstream
{
    internal static async Task HandleAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[8 << 10];
        var answer = Frames.SetupComplete;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                if (!part.EndOfMessage)
                    continue;
                await socket.SendAsync(answer.AsMemory(), WebSocketMessageType.Binary, true, CancellationToken.None);
                answer = Frames.Answered;
            }
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            // The other side closed first.
        }
    }
}

using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Parley.Testing.Tests.Phone;

/// <summary>A telephone gateway in the words of Telnyx: after speech and 300 ms of silence it answers with a tone of 400 ms.</summary>
internal static class AnsweringGateway
{
    private const int PauseFrames = 15;

    internal static void Map(WebApplication app)
    {
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.Run(AnswerAsync);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var (buffer, quiet, hasSpoken) = (new byte[1 << 16], 0, false);
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
            {
                if (JsonNode.Parse(buffer.AsSpan(0, received.Count))!["media"]?["payload"] is not { } payload)
                    continue;
                var isSilent = Convert.FromBase64String((string)payload!).All(static code => code == 0xFF);
                quiet = isSilent ? quiet + 1 : 0;
                hasSpoken |= !isSilent;
                if (!hasSpoken || quiet < PauseFrames)
                    continue;
                hasSpoken = false;
                var tone = new JsonObject { ["event"] = "media", ["media"] = new JsonObject { ["payload"] = Convert.ToBase64String(Tone()) } };
                var message = System.Text.Encoding.UTF8.GetBytes(tone.ToJsonString());
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The caller cut the connection.
        }
    }

    private static byte[] Tone()
    {
        var codes = new byte[3_200];
        Parley.Audio.G711.Encode(Parley.Audio.G711Law.MuLaw, VirtualCallerTests.Tone(8_000, codes.Length).Samples.Span, codes);
        return codes;
    }
}

using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Parley.Client.Tests.Scripted;

/// <summary>The server's end of one connection: sends messages and checks what the client sends.</summary>
internal sealed class ScriptedPeer(WebSocket socket, HttpContext context, int number = 1)
{
    /// <summary>Number of the connection, from 1, in the order of the requests.</summary>
    internal int Number => number;

    internal const string SetupComplete = "{\n  \"setupComplete\": {}\n}\n";

    internal WebSocket Socket { get; } = socket;

    internal string PathAndQuery { get; } = context.Request.Path + context.Request.QueryString;

    internal IHeaderDictionary Headers { get; } = context.Request.Headers;

    /// <summary>The client's setup.</summary>
    internal JsonElement Setup { get; private set; }

    /// <summary>Receives the setup and acknowledges it.</summary>
    internal async Task AcceptSetupAsync(string acknowledgement = SetupComplete)
    {
        await ExpectSetupAsync();
        await SendAsync(acknowledgement);
    }

    internal async Task ExpectSetupAsync() => Setup = (await ExpectAsync()).GetProperty("setup");

    /// <summary>The next message; fails if the client closed instead.</summary>
    internal async Task<JsonElement> ExpectAsync()
    {
        var (message, type) = await ReceiveAsync();
        Assert.True(type == WebSocketMessageType.Text, $"expected a text message, got {type} {Socket.CloseStatus} {Socket.CloseStatusDescription}");
        return JsonElement.Parse(message);
    }

    /// <summary>The text of the next message.</summary>
    internal async Task<string?> ExpectTextAsync() => (await ExpectAsync()).GetProperty("realtimeInput").GetProperty("text").GetString();

    /// <summary>The code of the client's close; a message before it is a failure.</summary>
    internal async Task<int?> ExpectCloseAsync()
    {
        var (message, type) = await ReceiveAsync();
        Assert.True(type == WebSocketMessageType.Close, $"expected a close, got {Encoding.UTF8.GetString(message)}");
        if (Socket.State == WebSocketState.CloseReceived)
            await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        return (int?)Socket.CloseStatus;
    }

    internal Task SendAsync(string json, WebSocketMessageType type = WebSocketMessageType.Binary) => SendAsync(Encoding.UTF8.GetBytes(json), type);

    internal Task SendAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Binary, int fragmentBytes = int.MaxValue) =>
        Expect.WithinAsync(SendFragmentsAsync(message, type, fragmentBytes), "the server's message is sent");

    internal Task CloseAsync(int code, string reason = "") =>
        Expect.WithinAsync(Socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None), "the close is sent");

    internal void Cut() => context.Abort();

    private async Task SendFragmentsAsync(byte[] message, WebSocketMessageType type, int fragmentBytes)
    {
        for (var at = 0; ;)
        {
            var length = Math.Min(fragmentBytes, message.Length - at);
            await Socket.SendAsync(message.AsMemory(at, length), type, at + length == message.Length, CancellationToken.None);
            at += length;
            if (at == message.Length)
                return;
        }
    }

    private async Task<(byte[] Message, WebSocketMessageType Type)> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (true)
        {
            var received = await Expect.WithinAsync(Socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask(), "the client sends something");
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage || received.MessageType == WebSocketMessageType.Close)
                return (message.ToArray(), received.MessageType);
        }
    }
}

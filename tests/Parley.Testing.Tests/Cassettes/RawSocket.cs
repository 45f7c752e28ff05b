using System.Net.WebSockets;
using System.Text;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>A WebSocket by hand.</summary>
internal static class RawSocket
{
    internal static async Task<ClientWebSocket> OpenAsync(this LiveTestServer server, string pathAndQuery)
    {
        var socket = new ClientWebSocket();
        await Expect.WithinAsync(
            socket.ConnectAsync(new Uri("ws://parley.test" + pathAndQuery), server.Invoker, TestContext.Current.CancellationToken), "the connection opens", TestContext.Current.CancellationToken);
        return socket;
    }

    internal static Task SendAsync(this ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>The next message as text; <c>close</c> for a close.</summary>
    internal static async Task<string> ReceiveAsync(this ClientWebSocket socket)
    {
        var buffer = new byte[1 << 20];
        var received = await Expect.WithinAsync(socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken), "a message of the server", TestContext.Current.CancellationToken);
        return received.MessageType == WebSocketMessageType.Close ? "close" : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}

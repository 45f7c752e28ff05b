using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Parley.Protocol;
using Parley.Server;

namespace OwnRelay;

/// <summary>Forwards sessions to another Live server. Nothing but the setup is parsed.</summary>
internal sealed class ForwardingModel(Uri upstream, string key) : IMessageModel
{
    // What is allowed is decided by the upstream. A policy of yours may change the setup here, or throw a LiveCloseException.
    public MessageAdmission Admit(MessageSetup setup) => new(setup.Setup);

    public async ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("x-goog-api-key", key);
            var path = $"ws/google.ai.generativelanguage.{start.ApiVersion}.GenerativeService.BidiGenerateContent";
            var address = new UriBuilder(new Uri(upstream, path)) { Scheme = upstream.Scheme == "https" ? "wss" : "ws" };
            await socket.ConnectAsync(address.Uri, cancellationToken);
            await socket.SendAsync(FirstMessage(start), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            var opening = await ForwardingSession.ReceiveAsync(socket, cancellationToken);
            return opening.Type == WebSocketMessageType.Close
                ? throw new LiveCloseException(new LiveClose((int)(socket.CloseStatus ?? WebSocketCloseStatus.InternalServerError), socket.CloseStatusDescription ?? ""))
                : new ForwardingSession(socket, opening);
        }
        catch (WebSocketException)
        {
            socket.Dispose();
            throw new LiveCloseException(new LiveClose(1011, "The upstream cannot be reached."));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // As the client sent it, unless a token or Admit changed the setup.
    private static ReadOnlyMemory<byte> FirstMessage(LiveModelStart start)
    {
        if (start.FirstMessage is { } asSent)
            return asSent.Payload;
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(new LiveSessionRequest { Setup = start.Setup }, buffer);
        return buffer.WrittenMemory;
    }
}

/// <summary>One session: a pump in each direction.</summary>
internal sealed class ForwardingSession(WebSocket upstream, WireMessage opening) : IMessageSession
{
    public WireMessage Opening => opening;

    public void Open(IMessageOutput output) => _ = PumpAsync(output);

    // The server reads the client's next message when this is done, so a slow upstream slows the client.
    public ValueTask ReceiveAsync(in ClientMessage message) => upstream.SendAsync(message.Payload, message.Type, endOfMessage: true, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        upstream.Abort();
        upstream.Dispose();
        return default;
    }

    internal static async Task<WireMessage> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(4_096);
        while (true)
        {
            var part = await socket.ReceiveAsync(message.GetMemory(4_096), cancellationToken);
            message.Advance(part.Count);
            if (part.EndOfMessage || part.MessageType == WebSocketMessageType.Close)
                return new WireMessage(message.WrittenMemory, part.MessageType);
        }
    }

    private async Task PumpAsync(IMessageOutput output)
    {
        try
        {
            while (await ReceiveAsync(upstream, CancellationToken.None) is { Type: not WebSocketMessageType.Close } message)
            {
                // Metrics, usage and limits know what you report to output.Meter; a relay that wants turns counted looks for them here.
                if (Encoding.UTF8.GetString(message.Payload.Span).Contains("turnComplete", StringComparison.Ordinal))
                    output.Meter.TurnEnded("completed");
                else
                    output.Meter.Output();
                await output.SendAsync(message.Payload, message.Type, MessageKind.Other);
            }
            output.Close(new LiveClose((int)(upstream.CloseStatus ?? WebSocketCloseStatus.NormalClosure), upstream.CloseStatusDescription ?? ""));
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            output.Close(new LiveClose(1011, "The upstream was lost."));
        }
    }
}

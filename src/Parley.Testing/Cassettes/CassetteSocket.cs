using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Parley.Server;
using Parley.Server.Wire;

namespace Parley.Testing.Cassettes;

/// <summary>Whole messages of a client's WebSocket. Everything passes the journal.</summary>
internal sealed class CassetteSocket(WebSocket socket, HttpContext context, ILiveWireObserver wire, string id)
{
    private const int MaxMessageBytes = 64 << 20;

    internal CancellationToken Aborted => context.RequestAborted;

    /// <summary>The next message; null if the client has closed or was lost, see <see cref="ClientClose"/>.</summary>
    internal async Task<WireMessage?> ReceiveAsync()
    {
        try
        {
            var message = await ReceiveAsync(socket).ConfigureAwait(false);
            if (message is not null)
                wire.Observe(id, LiveDirection.FromClient, message.Type, message.Payload.Span);
            else
                Closed();
            return message;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return null;
        }
    }

    /// <summary>Code and reason of the client's close; null if it was lost.</summary>
    internal (int Code, string Reason)? ClientClose { get; private set; }

    internal async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        wire.Observe(id, LiveDirection.ToClient, type, message.Span);
        await socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Sends a close. A code that cannot be sent is a close without code.</summary>
    internal async Task CloseAsync(int code, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        Observe(LiveDirection.ToClient, code, reason);
        try
        {
            var (status, text) = CloseOf(code, reason);
            await socket.CloseOutputAsync(status, text, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            // The client has left.
        }
    }

    /// <summary>Cuts the connection.</summary>
    internal void Abort() => context.Abort();

    internal static bool IsBroken(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or ArgumentException;

    /// <summary>Status and reason as a socket takes them; codes that stand for the lack of one are a close without.</summary>
    internal static (WebSocketCloseStatus Status, string? Reason) CloseOf(int code, string reason) =>
        code is 1005 or 1006 or 1015 ? (WebSocketCloseStatus.Empty, null) : ((WebSocketCloseStatus)code, CloseReason.Cut(reason));

    /// <summary>The next message of any socket; null = a close.</summary>
    internal static async Task<WireMessage?> ReceiveAsync(WebSocket socket)
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.GetMemory(4_096), CancellationToken.None).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            buffer.Advance(part.Count);
            if (buffer.WrittenCount > MaxMessageBytes)
                throw new WebSocketException(WebSocketError.InvalidMessageType, $"A message has more than {MaxMessageBytes >> 20} MiB.");
            if (part.EndOfMessage)
                return new WireMessage(buffer.WrittenMemory, part.MessageType);
        }
    }

    private void Closed()
    {
        ClientClose = ((int?)socket.CloseStatus ?? 1005, socket.CloseStatusDescription ?? "");
        Observe(LiveDirection.FromClient, ClientClose.Value.Code, ClientClose.Value.Reason);
    }

    private void Observe(LiveDirection direction, int code, string reason)
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        wire.Observe(id, direction, WebSocketMessageType.Close, payload);
    }
}

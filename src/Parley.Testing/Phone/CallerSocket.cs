using System.Net.WebSockets;
using System.Threading.Channels;

namespace Parley.Testing.Phone;

/// <summary>
/// The WebSocket of a call: one loop reads, one writes what was queued. Ends when the server closes, when the connection is lost, or with
/// <see cref="Abort"/>.
/// </summary>
internal sealed class CallerSocket(WebSocket socket) : IDisposable
{
    /// <summary>Above the 30 s of 16 kHz audio that a carrier takes in one message. More ends the call.</summary>
    private const int MaxMessageBytes = 4 << 20;

    /// <summary>20 s of frames. If the server does not read for so long, further ones are dropped.</summary>
    private const int MaxQueued = 1_000;

    private readonly Channel<byte[]> _queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    /// <summary>Runs both loops.</summary>
    /// <param name="received">Called for each message; the memory is valid during the call.</param>
    /// <param name="ended">Called once, with close code and reason, or with null and the fault of the connection.</param>
    internal async Task RunAsync(Action<ReadOnlyMemory<byte>, WebSocketMessageType> received, Action<int?, string> ended)
    {
        var writing = WriteAsync();
        try
        {
            var (code, reason) = await ReadAsync(received).ConfigureAwait(false);
            ended(code, reason);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            ended(null, e.Message);
            Abort();
        }
        Close();
        await writing.ConfigureAwait(false);
    }

    /// <returns>False if the message was dropped because the queue is full, or the socket is closing.</returns>
    internal bool Send(byte[] message) => _queue.Writer.TryWrite(message);

    /// <summary>Closes the connection after what is queued.</summary>
    internal void Close() => _queue.Writer.TryComplete();

    internal void Abort()
    {
        Close();
        socket.Abort();
    }

    public void Dispose() => socket.Dispose();

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var message in _queue.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The reading loop reports the end; without this, it might wait for a close that never comes.
            socket.Abort();
        }
    }

    private async Task<(int? Code, string Reason)> ReadAsync(Action<ReadOnlyMemory<byte>, WebSocketMessageType> received)
    {
        var buffer = new byte[16 << 10];
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
            if (result.MessageType == WebSocketMessageType.Close)
                return ((int?)socket.CloseStatus, socket.CloseStatusDescription ?? "");
            length += result.Count;
            if (result.EndOfMessage)
            {
                received(buffer.AsMemory(0, length), result.MessageType);
                length = 0;
            }
            else if (length == buffer.Length)
            {
                if (length >= MaxMessageBytes)
                    throw new IOException($"The server sent a message of more than {MaxMessageBytes} bytes.");
                Array.Resize(ref buffer, length * 2);
            }
        }
    }
}

using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Parley.Server;

/// <summary>
/// The reading side of a socket. While it waits for a message it holds no buffer: a read of nothing returns when there is something.
/// </summary>
internal sealed class FrameReader(WebSocket socket, int maxMessageBytes)
{
    /// <summary>Holds a 40 ms chunk of 16 kHz audio with its envelope; longer messages double it.</summary>
    private const int FirstBufferBytes = 4 << 10;

    /// <summary>Waits until the client sends anything.</summary>
    /// <returns>False where it closed instead.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<bool> WaitForDataAsync() =>
        (await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close;

    /// <summary>The next message, put together from its fragments.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<ReceivedFrame> ReceiveAsync()
    {
        var part = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
        if (part.MessageType == WebSocketMessageType.Close)
            return ReceivedFrame.Close;
        if (part.EndOfMessage)
            return new ReceivedFrame(null, 0, part.MessageType);

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBufferBytes, maxMessageBytes));
        try
        {
            var length = 0;
            do
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer, length);
                part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    return ReceivedFrame.Close;
                length += part.Count;
                if (length > maxMessageBytes)
                    return new ReceivedFrame(null, 0, part.MessageType, isTooBig: true);
            }
            while (!part.EndOfMessage);
            var frame = new ReceivedFrame(buffer, length, part.MessageType);
            buffer = null;
            return frame;
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads on and throws away, until the client answers our close or is gone.</summary>
    internal async ValueTask DiscardUntilClosedAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent
                && (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * length);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

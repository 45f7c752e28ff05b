using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Parley.Server.Sockets;

/// <summary>
/// Reads whole messages from a socket. It holds no buffer while it waits: a zero-byte read completes when data arrives. A message that grows
/// beyond its first buffer needs room in the <see cref="InputBudget"/> of all connections.
/// </summary>
internal sealed class MessageReader(WebSocket socket, int maxMessageBytes, InputBudget budget, FrameLimiter? frameLimiter, MessageTimer? timer)
{
    /// <summary>Holds a 40 ms chunk of 16 kHz audio with its JSON; doubled for longer messages.</summary>
    private const int FirstBufferBytes = 4 << 10;

    /// <summary>Discarded input is often the rest of a message that was too long: few large reads.</summary>
    private const int DiscardBytes = 64 << 10;

    private readonly FrameSocket? _frames = socket as FrameSocket;

    /// <summary>Waits until the client sends anything.</summary>
    /// <returns>False if it closed instead.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<bool> WaitForDataAsync() =>
        (await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close;

    /// <summary>The next message, assembled from its fragments; valid until the next receive, unless <see cref="ReceivedMessage.ToOwned"/> is called.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<ReceivedMessage> ReceiveAsync()
    {
        // The common case, without a copy: a short unfragmented message, taken from the buffer of the socket.
        while (_frames is { } frames)
        {
            if (frames.TryTakeMessage(out var payload, out var type))
            {
                timer?.OnCompleted();
                return payload.Length <= maxMessageBytes ? new ReceivedMessage(payload, type) : new ReceivedMessage(default, type, LiveClose.TooBig);
            }
            if (!frames.IsWholeNext)
                break;
            var filling = frames.FillAsync();
            if (!filling.IsCompleted && frames.BufferedBytes > 0)
                timer?.OnWaiting(frames.BufferedBytes);
            frames.Filled(await filling.ConfigureAwait(false));
        }
        // What began was a control frame, or is timed again from its first byte.
        timer?.OnCompleted();
        return await ReceiveAnyAsync().ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReceivedMessage> ReceiveAnyAsync()
    {
        var part = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
        if (part.MessageType == WebSocketMessageType.Close)
            return ReceivedMessage.Close;
        if (part.EndOfMessage)
            return new ReceivedMessage(default, part.MessageType);
        if (_frames?.RemainingPayload > maxMessageBytes)
            return new ReceivedMessage(default, part.MessageType, LiveClose.TooBig);

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBufferBytes, maxMessageBytes));
        var reserved = 0;
        try
        {
            var length = 0;
            do
            {
                if (length == buffer.Length)
                {
                    if (!budget.TryReserve((2 * length) - reserved))
                        return new ReceivedMessage(default, part.MessageType, LiveClose.Unavailable);
                    reserved = 2 * length;
                    buffer = Grow(buffer, length, ref reserved);
                }
                var receiving = socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (!receiving.IsCompleted)
                    timer?.OnWaiting(length);
                part = await receiving.ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    return ReceivedMessage.Close;
                length += part.Count;
                if (length > maxMessageBytes)
                    return new ReceivedMessage(default, part.MessageType, LiveClose.TooBig);
                if (frameLimiter?.Violation is { } violation)
                    return new ReceivedMessage(default, part.MessageType, violation);
            }
            while (!part.EndOfMessage);
            var message = new ReceivedMessage(buffer.AsMemory(0, length), part.MessageType, rented: buffer, budget: reserved > 0 ? budget : null);
            buffer = null;
            return message;
        }
        finally
        {
            timer?.OnCompleted();
            if (buffer is not null)
            {
                budget.Return(reserved);
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Reads and discards, until the client answers the close or disconnects.</summary>
    /// <param name="rateLimit">Limits the bytes per second; a client that sends faster has to wait.</param>
    /// <param name="cancellationToken">Ends a wait for the rate limit.</param>
    internal async ValueTask DiscardUntilClosedAsync(RateLimiter rateLimit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(DiscardBytes);
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                await rateLimit.AcquireAsync(part.Count, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The pool may return a longer array; all of it is counted, until the buffer is returned.
    private byte[] Grow(byte[] buffer, int length, ref int reserved)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * length);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        budget.AddReserved(larger.Length - reserved);
        reserved = larger.Length;
        return larger;
    }
}

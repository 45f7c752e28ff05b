using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Parley.Client.Ending;

namespace Parley.Client.Transport;

/// <summary>
/// One socket: whole messages in and out, without interpreting them. One receiver; senders are serialized here. A session may outlive it:
/// each connection has a transport of its own.
/// </summary>
internal sealed class LiveTransport(WebSocket socket, LiveClientOptions options) : IAsyncDisposable
{
    private const int FirstBufferBytes = 16 << 10;

    // A larger buffer is returned after its message, so that one large message does not hold that memory for the whole session.
    private const int KeptBufferBytes = 1 << 20;

    private const string TooBig = "The message is longer than MaxMessageBytes";

    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _receiveBuffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int _disposed;

    /// <summary>
    /// Waits for the next message, text or binary, in any number of fragments. Takes no token, because cancelling a receive aborts the
    /// socket: call <see cref="Abort"/> to end the wait.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<ReceiveResult> ReceiveAsync()
    {
        var length = 0;
        if (_receiveBuffer.Length > KeptBufferBytes)
            Replace(FirstBufferBytes, length);
        try
        {
            while (true)
            {
                if (length == _receiveBuffer.Length)
                    Replace(_receiveBuffer.Length * 2, length);
                var received = await socket.ReceiveAsync(_receiveBuffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                    return End(Closed());
                length += received.Count;
                if (length > options.MaxMessageBytes)
                    return End(await RefuseAsync().ConfigureAwait(false));
                if (!received.EndOfMessage)
                    continue;
                options.MessageObserver?.Received(_receiveBuffer.AsSpan(0, length));
                return new ReceiveResult(_receiveBuffer.AsMemory(0, length), null);
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            return End(Broken(e));
        }
    }

    /// <summary>Completes when the receiver has seen the end of the connection.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Sends one message. Cannot be cancelled: half a message would end the session.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> message)
    {
        await _writer.WaitAsync().ConfigureAwait(false);
        try
        {
            options.MessageObserver?.Sent(message.Span);
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Sends a close. The end of the connection is returned by <see cref="ReceiveAsync"/>.</summary>
    internal async Task SendCloseAsync(WebSocketCloseStatus status, string reason)
    {
        await _writer.WaitAsync().ConfigureAwait(false);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            // The socket is closed already.
        }
        finally
        {
            _writer.Release();
        }
    }

    internal void Abort() => socket.Abort();

    /// <summary>Frees the socket and the buffer. Call it only when no receive is pending.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        // A close to a peer that reads nothing could wait forever.
        if (socket.State == WebSocketState.CloseReceived)
        {
            var closing = SendCloseAsync(WebSocketCloseStatus.NormalClosure, "");
            await Task.WhenAny(closing, Task.Delay(options.CloseTimeout, options.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        }
        socket.Abort();
        socket.Dispose();
        ArrayPool<byte>.Shared.Return(_receiveBuffer);
        _receiveBuffer = [];
    }

    private ReceiveResult End(TransportEnd end)
    {
        _ended.TrySetResult();
        return new ReceiveResult(default, end);
    }

    private TransportEnd Closed()
    {
        var code = (int?)socket.CloseStatus;
        var reason = socket.CloseStatusDescription ?? "";
        return new TransportEnd(code, reason, CloseClassifier.Classify(code, reason));
    }

    private async Task<TransportEnd> RefuseAsync()
    {
        var closing = SendCloseAsync(WebSocketCloseStatus.MessageTooBig, TooBig);
        await Task.WhenAny(closing, Task.Delay(options.CloseTimeout, options.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        return new TransportEnd((int)WebSocketCloseStatus.MessageTooBig, TooBig, new CloseCause(EndCause.MessageTooBig, RetryAdvice.No));
    }

    // A keep-alive timeout arrives as a cancelled operation, although nothing here is cancelled.
    internal static bool IsBroken(Exception e) =>
        e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException;

    private static TransportEnd Broken(Exception error)
    {
        var code = (error as WebSocketException)?.WebSocketErrorCode;
        var cause = code is WebSocketError.Faulted or WebSocketError.InvalidMessageType or WebSocketError.HeaderError
            ? new CloseCause(EndCause.ProtocolError, RetryAdvice.Resume)
            : CloseClassifier.Classify(1006, "");
        return new TransportEnd(null, "", cause, error);
    }

    private void Replace(int bytes, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        _receiveBuffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_receiveBuffer);
        _receiveBuffer = larger;
    }
}

using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Parley.Client.Transport;

/// <summary>
/// One socket: whole messages in, whole messages out, nothing of their meaning. One receiver; senders are serialised here.
/// A session may outlive it: a later connection is another transport.
/// </summary>
internal sealed class LiveTransport(WebSocket socket, LiveClientOptions options) : IAsyncDisposable
{
    private const int FirstBufferBytes = 16 << 10;

    // Beyond this a buffer is given back after the message: one large message should not pin its size for the whole session.
    private const int KeptBufferBytes = 1 << 20;

    private const string TooBig = "The message is longer than MaxMessageBytes";

    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _receiveBuffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int _disposed;

    /// <summary>
    /// Waits for the next message, of either kind and in any number of fragments. Never cancelled: cancelling a receive aborts the socket,
    /// so who wants it to end calls <see cref="Abort"/>.
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
                var frame = await socket.ReceiveAsync(_receiveBuffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                if (frame.MessageType == WebSocketMessageType.Close)
                    return End(Closed());
                length += frame.Count;
                if (length > options.MaxMessageBytes)
                    return End(await RefuseAsync().ConfigureAwait(false));
                if (!frame.EndOfMessage)
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

    /// <summary>Done when the receiver has seen the end.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Sends one message. Not cancellable: half a message would end the session.</summary>
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

    /// <summary>Says goodbye. What happens to it afterwards is the business of <see cref="ReceiveAsync"/>.</summary>
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
            // The socket is gone already, which is what a goodbye is for.
        }
        finally
        {
            _writer.Release();
        }
    }

    internal void Abort() => socket.Abort();

    /// <summary>Frees the socket and the buffer. Only when nobody receives any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        // A goodbye to a peer that reads nothing could wait for ever; nobody needs it that long.
        if (socket.State == WebSocketState.CloseReceived)
        {
            var goodbye = SendCloseAsync(WebSocketCloseStatus.NormalClosure, "");
            await Task.WhenAny(goodbye, Task.Delay(options.CloseTimeout, options.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
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
        return new TransportEnd(code, reason, CloseCauses.Classify(code, reason));
    }

    private async Task<TransportEnd> RefuseAsync()
    {
        var goodbye = SendCloseAsync(WebSocketCloseStatus.MessageTooBig, TooBig);
        await Task.WhenAny(goodbye, Task.Delay(options.CloseTimeout, options.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        return new TransportEnd((int)WebSocketCloseStatus.MessageTooBig, TooBig, new CloseCause(EndCause.MessageTooBig, RetryAdvice.No));
    }

    // A keep-alive that ran out arrives as a cancelled operation, though nothing here is ever cancelled.
    internal static bool IsBroken(Exception e) =>
        e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException;

    private static TransportEnd Broken(Exception error)
    {
        var code = (error as WebSocketException)?.WebSocketErrorCode;
        var cause = code is WebSocketError.Faulted or WebSocketError.InvalidMessageType or WebSocketError.HeaderError
            ? new CloseCause(EndCause.ProtocolError, RetryAdvice.Resume)
            : CloseCauses.Classify(1006, "");
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

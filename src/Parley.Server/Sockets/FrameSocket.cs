using System.Net.WebSockets;
using Parley.Protocol.Internal;

namespace Parley.Server.Sockets;

/// <summary>
/// A WebSocket (RFC 6455) over a stream, for servers and clients, optimized for many mostly idle connections and small frames: it waits with a zero-byte
/// read, one read takes all frames that have arrived, one write sends a frame, and neither allocates. Unlike its base class, cancellation does not stop a
/// started operation; call <see cref="Abort"/>. One receiver at a time, any number of senders. Reasons: <c>docs/decisions/0041-own-websocket.md</c>.
/// </summary>
internal sealed partial class FrameSocket : WebSocket
{
    private readonly Stream _stream;
    private readonly bool _isServer;
    private readonly TimeProvider _time;
    private readonly FrameLimiter? _frameLimiter;
    private readonly Action? _onAbort;
    private readonly KeepAlive? _keepAlive;
    private WebSocketCloseStatus? _closeStatus;
    private string? _closeDescription;
    private volatile bool _closeSent, _closeReceived, _aborted;
    private int _disposed;

    /// <param name="stream">Zero-byte reads must wait for data. Disposing it must abort the connection; the socket disposes it.</param>
    /// <param name="isServer">Whether this is the server's end. Clients mask what they send.</param>
    /// <param name="time">The clock of the keep-alive.</param>
    /// <param name="keepAlive">Silence after which the peer is pinged, and the time it then has to answer; no interval = never.</param>
    /// <param name="frameLimiter">Ping and fragment limits; null = none.</param>
    /// <param name="onAbort">Called in addition when the connection is aborted.</param>
    /// <param name="early">Bytes that were read already, after the upgrade.</param>
    internal FrameSocket(
        Stream stream, bool isServer, TimeProvider time, (TimeSpan Interval, TimeSpan Timeout) keepAlive,
        FrameLimiter? frameLimiter = null, Action? onAbort = null, ReadOnlySpan<byte> early = default)
    {
        (_stream, _isServer, _time, _frameLimiter, _onAbort) = (stream, isServer, time, frameLimiter, onAbort);
        Prepend(early);
        if (keepAlive.Interval > TimeSpan.Zero)
            _keepAlive = new KeepAlive(this, keepAlive.Interval, keepAlive.Timeout);
    }

    /// <inheritdoc/>
    public override WebSocketCloseStatus? CloseStatus => _closeStatus;

    /// <inheritdoc/>
    public override string? CloseStatusDescription => _closeDescription;

    /// <inheritdoc/>
    public override string? SubProtocol => null;

    /// <inheritdoc/>
    public override WebSocketState State => (_closeSent, _closeReceived, _aborted) switch
    {
        (true, true, _) => WebSocketState.Closed,
        (_, _, true) => WebSocketState.Aborted,
        (true, _, _) => WebSocketState.CloseSent,
        (_, true, _) => WebSocketState.CloseReceived,
        _ => WebSocketState.Open,
    };

    /// <inheritdoc/>
    public override void Abort()
    {
        _aborted = true;
        _onAbort?.Invoke();
        Dispose();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (State != WebSocketState.Closed)
            _aborted = true;
        _keepAlive?.Stop();
        _stream.Dispose();
    }

    /// <inheritdoc/>
    public override async Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        await CloseOutputAsync(closeStatus, statusDescription, cancellationToken).ConfigureAwait(false);
        var scratch = new byte[1 << 10];
        while (!_closeReceived)
            await ReceiveAsync(scratch.AsMemory(), cancellationToken).ConfigureAwait(false);
    }

    private static bool IsTransport(Exception e) => e is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    // Aborted here, or by the peer.
    private Exception Lost(Exception? cause) => _aborted
        ? new OperationCanceledException("The connection was aborted.", cause)
        : new WebSocketException(WebSocketError.ConnectionClosedPrematurely, cause);

    /// <summary>Pings a silent peer, and aborts the connection if it does not answer. Any received data counts as an answer.</summary>
    private sealed class KeepAlive
    {
        private readonly FrameSocket _socket;
        private readonly TimeSpan _interval, _timeout;
        private readonly ITimer _timer;
        private int _reads;
        private bool _pinged;

        internal KeepAlive(FrameSocket socket, TimeSpan interval, TimeSpan timeout)
        {
            (_socket, _interval, _timeout) = (socket, interval, timeout);
            _timer = socket._time.CreateGuardedTimer(this, static keepAlive => keepAlive.Check(), static (keepAlive, _) => keepAlive._socket.Abort());
            _timer.Change(interval, Timeout.InfiniteTimeSpan);
        }

        internal void Stop() => _timer.Dispose();

        private void Check()
        {
            var reads = Volatile.Read(ref _socket._reads);
            if (reads == _reads && _pinged)
            {
                _socket.Abort();
                return;
            }
            // A ping cannot be sent during a write; a slow write has its own timeout.
            _pinged = reads == _reads && _socket.TryPing();
            _reads = reads;
            _timer.Change(_pinged ? _timeout : _interval, Timeout.InfiniteTimeSpan);
        }
    }
}

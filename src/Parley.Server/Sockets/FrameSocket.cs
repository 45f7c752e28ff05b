using System.Net.WebSockets;

namespace Parley.Server.Sockets;

/// <summary>
/// A WebSocket (RFC 6455) over a stream, either end of it, made for many connections that are mostly idle and frames that are small: a read of
/// nothing waits where nothing comes, one read takes all frames that are there, one write sends a frame, and nothing is allocated for either.
/// It does what its base class promises, save that a token ends nothing that has begun: who wants an end aborts. One receiver at a time; senders
/// may be many. Why it is here: <c>docs/decisions/0041-own-websocket.md</c>.
/// </summary>
internal sealed partial class FrameSocket : WebSocket
{
    private readonly Stream _stream;
    private readonly bool _isServer;
    private readonly TimeProvider _time;
    private readonly FrameLimiter? _frameLimiter;
    private readonly Action? _cut;
    private readonly KeepAlive? _keepAlive;
    private WebSocketCloseStatus? _closeStatus;
    private string? _closeDescription;
    private volatile bool _closeSent, _closeReceived, _aborted;
    private int _disposed;

    /// <param name="stream">Reads of nothing must wait for something. Disposing it cuts the connection; this does so.</param>
    /// <param name="isServer">Which end this is: clients mask what they send.</param>
    /// <param name="time">The clock of the keep-alive.</param>
    /// <param name="keepAlive">Silence after which the peer is pinged, and how long it may take to show life then; no interval = never.</param>
    /// <param name="frameLimiter">What may be too much of.</param>
    /// <param name="cut">What more there is to do to cut the connection at once.</param>
    /// <param name="early">What was read already, behind the upgrade.</param>
    internal FrameSocket(
        Stream stream, bool isServer, TimeProvider time, (TimeSpan Interval, TimeSpan Timeout) keepAlive,
        FrameLimiter? frameLimiter = null, Action? cut = null, ReadOnlySpan<byte> early = default)
    {
        (_stream, _isServer, _time, _frameLimiter, _cut) = (stream, isServer, time, frameLimiter, cut);
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
        _cut?.Invoke();
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

    // Cut from here, or by the peer.
    private Exception Lost(Exception? cause) => _aborted
        ? new OperationCanceledException("The connection was cut.", cause)
        : new WebSocketException(WebSocketError.ConnectionClosedPrematurely, cause);

    /// <summary>Pings a peer that is silent, and cuts the connection where it shows no life. Anything it sends is life.</summary>
    private sealed class KeepAlive
    {
        private readonly FrameSocket _socket;
        private readonly TimeSpan _interval, _timeout;
        private readonly ITimer _timer;
        private int _reads;
        private bool _asked;

        internal KeepAlive(FrameSocket socket, TimeSpan interval, TimeSpan timeout)
        {
            (_socket, _interval, _timeout) = (socket, interval, timeout);
            _timer = socket._time.CreateTimer(static state => ((KeepAlive)state!).Look(), this, interval, Timeout.InfiniteTimeSpan);
        }

        internal void Stop() => _timer.Dispose();

        private void Look()
        {
            var reads = Volatile.Read(ref _socket._reads);
            if (reads == _reads && _asked)
            {
                _socket.Abort();
                return;
            }
            // While a frame is being written a ping has to wait; whoever writes it looks at the time himself.
            _asked = reads == _reads && _socket.TryPing();
            _reads = reads;
            _timer.Change(_asked ? _timeout : _interval, Timeout.InfiniteTimeSpan);
        }
    }
}

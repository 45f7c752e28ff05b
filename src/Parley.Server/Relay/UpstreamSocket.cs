using System.Diagnostics;
using System.Net.WebSockets;
using Parley.Protocol.Internal;
using Parley.Server.Sockets;

namespace Parley.Server.Relay;

/// <summary>One connection to an upstream: one sender, one receiver.</summary>
internal sealed class UpstreamSocket(WebSocket socket, Upstream upstream, RelayOptions options, TimeProvider time)
{
    // Only the length of each message is limited: upstreams are few, and chosen by the operator.
    private static readonly InputBudget Unbounded = new(long.MaxValue);

    private readonly MessageReader _reader = new(socket, options.MaxUpstreamMessageBytes, Unbounded, frameLimiter: null, timer: null);
    private ITimer? _timer;
    private bool _closing;

    internal Upstream Upstream => upstream;

    /// <summary>The relay closed it, so its end is not a loss.</summary>
    internal bool IsClosedByUs => Volatile.Read(ref _closing);

    /// <summary>The upstream's close, without the operator's keys; null if there was none.</summary>
    internal LiveClose? Close => socket.CloseStatus is { } status ? new LiveClose((int)status, upstream.Secrets.Redact(socket.CloseStatusDescription ?? "")) : null;

    internal ValueTask<ReceivedMessage> ReceiveAsync() => _reader.ReceiveAsync();

    /// <summary>Sends one message. If that takes longer than <see cref="RelayOptions.SendTimeout"/>, the connection is aborted.</summary>
    internal ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        var send = socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
        return send.IsCompleted ? send : WatchedAsync(send);
    }

    /// <summary>Starts the close. The receiver sees its end, at the latest after <see cref="RelayOptions.UpstreamCloseTimeout"/>.</summary>
    internal void BeginClose()
    {
        Volatile.Write(ref _closing, true);
        Arm(options.UpstreamCloseTimeout);
        _ = CloseAsync(WebSocketCloseStatus.NormalClosure, null);
    }

    /// <summary>Called after the last receive: answers the upstream's close if there was one, and disposes the socket.</summary>
    internal async ValueTask EndAsync()
    {
        if (socket.State == WebSocketState.CloseReceived)
        {
            Arm(options.UpstreamCloseTimeout);
            var status = socket.CloseStatus ?? WebSocketCloseStatus.Empty;
            await CloseAsync(status, status == WebSocketCloseStatus.Empty ? null : socket.CloseStatusDescription).ConfigureAwait(false);
        }
        _timer?.Dispose();
        socket.Dispose();
    }

    internal void Abort() => socket.Abort();

    private async Task CloseAsync(WebSocketCloseStatus status, string? reason)
    {
        try
        {
            await socket.CloseOutputAsync(status, reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or ArgumentException)
        {
            // Already disconnected, or aborted by the timer.
            socket.Abort();
        }
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WatchedAsync(ValueTask send)
    {
        Arm(options.SendTimeout);
        try
        {
            await send.ConfigureAwait(false);
        }
        finally
        {
            if (!IsClosedByUs)
                Arm(Timeout.InfiniteTimeSpan);
        }
    }

    private void Arm(TimeSpan due)
    {
        var timer = _timer ??= time.CreateGuardedTimer(this, static upstream => upstream.Abort(), static (_, e) => Trace.TraceError(e.ToString()));
        timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}

using System.Net.WebSockets;
using Parley.Protocol.Internal;
using Parley.Server;
using Parley.Server.Sockets;

namespace Parley.Phone.Calls;

/// <summary>
/// The socket of a carrier: whole messages in, one message at a time out. A carrier that does not read is disconnected when one send takes too long, and one
/// that does not answer a close is disconnected too.
/// </summary>
internal sealed class StreamSocket : IDisposable
{
    private readonly WebSocket _socket;
    private readonly CallServices _services;
    private readonly MessageReader _reader;
    private readonly MessageTimer _timer;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _deadline;
    private bool _closeSent;

    /// <param name="services">Limits and clock.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="limiter">Its frame limits; null = none.</param>
    /// <param name="limitExceeded">Takes a limit that the carrier exceeded; must not block.</param>
    internal StreamSocket(CallServices services, WebSocket socket, FrameLimiter? limiter, Action<LiveClose> limitExceeded)
    {
        (_services, _socket) = (services, socket);
        if (limiter is not null)
            limiter.LimitExceeded = limitExceeded;
        _timer = new MessageTimer(services.Live, services.Time, limitExceeded);
        _reader = new MessageReader(socket, services.Options.MaxMessageBytes, services.Connections.InputBudget, limiter, _timer);
        _deadline = services.Time.CreateGuardedTimer(this, static stream => stream.Abort(), static (_, _) => { });
    }

    internal ValueTask<ReceivedMessage> ReceiveAsync() => _reader.ReceiveAsync();

    /// <summary>Reads and discards, until the carrier answers the close or is disconnected.</summary>
    internal ValueTask DiscardAsync() => _reader.DiscardUntilClosedAsync(_services.Connections.SharedRateLimits.DiscardedBytes, CancellationToken.None);

    /// <summary>Waits until no other message is being sent. Dispose what it returns to let others send.</summary>
    internal async ValueTask<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(this);
    }

    internal void Abort() => _socket.Abort();

    /// <summary>Sends the close once, and gives the carrier some time to answer it.</summary>
    internal async Task CloseAsync(int code, string reason)
    {
        using var turn = await EnterAsync(CancellationToken.None).ConfigureAwait(false);
        if (_closeSent)
            return;
        _closeSent = true;
        try
        {
            _deadline.Change(_services.Live.Connections.CloseTimeout, Timeout.InfiniteTimeSpan);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            _socket.Abort();
        }
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _timer.Stop();
        _socket.Dispose();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        if (_closeSent)
            return;
        var sending = _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        if (sending.IsCompletedSuccessfully)
        {
            sending.GetAwaiter().GetResult();
            return;
        }
        _deadline.Change(_services.Live.Connections.SendTimeout, Timeout.InfiniteTimeSpan);
        await sending.ConfigureAwait(false);
        _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The right to send.</summary>
    internal readonly struct Turn(StreamSocket stream) : IDisposable
    {
        internal ValueTask SendAsync(ReadOnlyMemory<byte> message) => stream.SendAsync(message);

        public void Dispose() => stream._gate.Release();
    }
}

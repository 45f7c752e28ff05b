using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Parley.Protocol;
using Parley.Protocol.Internal;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// Encodes queued items and sends them on the socket. A send that does not complete within <see cref="LiveConnectionOptions.SendTimeout"/> is reported
/// to <paramref name="timedOut"/>. For one caller at a time: <see cref="LiveWriter"/> sees to that.
/// </summary>
/// <param name="socket">The socket.</param>
/// <param name="connection">Its connection.</param>
/// <param name="timedOut">Called by a timer if one send takes too long.</param>
internal sealed class MessageSender(WebSocket socket, LiveConnection connection, Action timedOut)
{
    private readonly SendBuffer _buffer = new();
    private ITimer? _sendTimer;
    private ILiveModelSession? _session;
    private WebSocketMessageType _type = WebSocketMessageType.Binary;
    private int _cancelledGeneration = int.MinValue;
    private bool _isBlocked;

    /// <summary>A send has not completed yet, because the client does not read.</summary>
    internal bool IsBlocked => Volatile.Read(ref _isBlocked);

    private ConnectionServices Services => connection.Services;

    private bool Indented => Services.Options.IndentedJson;

    /// <summary>Sets the session that is notified of sent media, and the message type that its client reads.</summary>
    internal void Open(ILiveModelSession session, WebSocketMessageType type) => (_session, _type) = (session, type);

    /// <summary>Skips media of this generation and of those before it. Not for concurrent use.</summary>
    internal void CancelMedia(int generation) => Volatile.Write(ref _cancelledGeneration, Math.Max(_cancelledGeneration, generation));

    /// <summary>Sends an encoded message as it is, without a copy.</summary>
    internal ValueTask SendEncodedAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        Services.Observers.Notify(connection.Id, LiveDirection.ToClient, type, message.Span);
        connection.Watch?.Message(LiveDirection.ToClient, type, message.Span);
        connection.Recording?.Message(LiveDirection.ToClient, message.Span);
        return WatchAsync(socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask SendAsync(OutgoingItem item)
    {
        if (item.Close is { } close)
        {
            await SendCloseAsync(close).ConfigureAwait(false);
            return;
        }
        if (item.Encoded is { } encoded)
        {
            Count(MessageKind.Setup, encoded.Payload.Length);
            await SendEncodedAsync(encoded.Payload, encoded.Type).ConfigureAwait(false);
            return;
        }
        _buffer.Clear();
        if (item.Message is { } message)
        {
            if (connection.Dialect is { } dialect)
                message = dialect.ToClient(message, connection.Id);
            connection.Events?.Sending(message);
            LiveCodec.Encode(message, _buffer, Indented);
            Count(MessageEncoder.KindOf(message), _buffer.Written.Length);
            await SendBufferAsync().ConfigureAwait(false);
            return;
        }
        var media = item.Media;
        if (IsCancelled(media))
            return;
        MessageEncoder.Encode(media, _buffer, Indented);
        // Encoding takes a while; the media may have been cancelled meanwhile.
        if (IsCancelled(media))
            return;
        connection.Events?.Sending(media);
        Count(media.Pcm.IsEmpty ? MessageKind.Content : MessageKind.Audio, _buffer.Written.Length);
        await SendBufferAsync().ConfigureAwait(false);
        if (MessageEncoder.HasTranscription(media))
        {
            _buffer.Clear();
            MessageEncoder.EncodeTranscription(media, _buffer, Indented);
            Count(MessageKind.Content, _buffer.Written.Length);
            await SendBufferAsync().ConfigureAwait(false);
        }
        _session?.MediaSent(media);
    }

    /// <summary>Returns the encoding buffer to its pool.</summary>
    internal void ReleaseBuffer() => _buffer.Release();

    internal void Stop() => _sendTimer?.Dispose();

    private void TimedOut() => timedOut();

    private void TimerFailed(Exception exception) => connection.CallbackFailed(exception);

    private void Count(MessageKind kind, int bytes) => Services.Metrics.Messages.Count(LiveDirection.ToClient, kind, bytes);

    private bool IsCancelled(in LiveMedia media) => media.Generation <= Volatile.Read(ref _cancelledGeneration);

    private ValueTask SendBufferAsync() => SendEncodedAsync(_buffer.Written, _type);

    private async ValueTask SendCloseAsync(LiveClose close)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        var reason = CloseReason.Cut(close.Reason);
        Services.Observers.NotifyClose(connection.Id, LiveDirection.ToClient, close.Code, reason);
        await WatchAsync(new ValueTask(socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, reason, CancellationToken.None))).ConfigureAwait(false);
        connection.CloseSent();
    }

    // Sends complete at once unless the client is slow; the timer is needed only then.
    private ValueTask WatchAsync(ValueTask send) => send.IsCompleted ? send : WatchPendingAsync(send);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WatchPendingAsync(ValueTask pending)
    {
        var timer = _sendTimer ??= Services.Time.CreateGuardedTimer(this, static sender => sender.TimedOut(), static (sender, e) => sender.TimerFailed(e));
        Volatile.Write(ref _isBlocked, true);
        timer.Change(Services.Options.Connections.SendTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await pending.ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isBlocked, false);
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}

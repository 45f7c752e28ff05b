using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Storage;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// The writing side of a socket. Messages are queued by any thread and written by one pump that runs only while something is queued,
/// so that an idle client costs neither a task nor a buffer. Nothing is written before <see cref="Open"/>, nothing is queued behind a close.
/// A client that does not read runs into one of two bounds, the length of the queue or the time of one send, and is cut.
/// </summary>
internal sealed partial class LiveWriter(WebSocket socket, LiveConnection connection) : IThreadPoolWorkItem
{
    /// <summary>A queue that grew beyond this under load is let go when it is empty.</summary>
    private const int KeptCapacity = 32;

    private readonly Lock _gate = new();
    private readonly SendBuffer _buffer = new();
    private Queue<OutgoingItem>? _queue;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _finished;
    private TaskCompletionSource? _idle;
    private ITimer? _sendTimer;
    private ILiveModelSession? _session;
    private WebSocketMessageType _type = WebSocketMessageType.Binary;
    private int _unsentMedia;
    private int _cancelledGeneration = int.MinValue;
    private bool _held = true, _pumping, _closing, _ended, _waiting;

    /// <summary>A close is queued or sent; nothing the client says counts any more.</summary>
    internal bool IsClosing => Volatile.Read(ref _closing);

    /// <summary>The client takes its time with what is being sent.</summary>
    internal bool IsWaiting => Volatile.Read(ref _waiting);

    /// <summary>The close that was queued first.</summary>
    internal LiveClose? Closed { get; private set; }

    /// <summary>Lets what was queued out, <paramref name="first"/> before it.</summary>
    internal void Open(ILiveModelSession session, in OutgoingItem first, WebSocketMessageType type)
    {
        lock (_gate)
        {
            _session = session;
            _type = type;
            _held = false;
            if (_ended)
                return;
            var early = _queue;
            // Room for setupComplete only: many sessions stay idle behind it.
            _queue = new Queue<OutgoingItem>(1);
            _queue.Enqueue(first);
            while (early?.TryDequeue(out var item) is true)
                _queue.Enqueue(item);
            Pump();
        }
    }

    internal void Send(LiveSessionResponse message) => Enqueue(new OutgoingItem(message));

    /// <summary>
    /// Writes a frame as it is, behind what is queued, and is done when the socket took it: a straight pump, without a copy. One caller at a time.
    /// </summary>
    internal ValueTask SendFrameAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type)
    {
        lock (_gate)
        {
            if (_ended || _closing)
                return default;
            if (_pumping || _held)
                return WaitAndSendAsync(frame, type);
            _pumping = true;
        }
        ValueTask send;
        try
        {
            connection.Server.Tap.Saw(connection.Id, LiveDirection.ToClient, type, frame.Span);
            send = WatchAsync(socket.SendAsync(frame, type, endOfMessage: true, CancellationToken.None));
        }
        catch (Exception e) when (IsTransport(e))
        {
            send = ValueTask.FromException(e);
        }
        if (!send.IsCompletedSuccessfully)
            return SlowAsync(send);
        send.GetAwaiter().GetResult();
        FrameSent();
        return default;
    }

    internal void SendMedia(in LiveMedia media) => Enqueue(new OutgoingItem(media));

    /// <summary>Closes behind what is queued; the first close counts.</summary>
    /// <returns>Whether this was the first.</returns>
    internal bool Close(LiveClose close)
    {
        lock (_gate)
        {
            if (_closing || _ended)
                return false;
            Closed = close;
            _held = false;
            Enqueue(new OutgoingItem(close));
            Volatile.Write(ref _closing, true);
            return true;
        }
    }

    internal void CancelMedia(int generation)
    {
        lock (_gate)
            Volatile.Write(ref _cancelledGeneration, Math.Max(_cancelledGeneration, generation));
    }

    internal async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_unsentMedia < connection.Server.Options.Connections.MaxUnsentMedia || _ended)
                    return;
                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drops what is queued, and returns when the pump stands still. A write under way is bounded by its timer.</summary>
    internal Task StopAsync()
    {
        lock (_gate)
        {
            End();
            return _pumping ? (_finished ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    internal void Stop()
    {
        lock (_gate)
            End();
        _sendTimer?.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SlowAsync(ValueTask send)
    {
        try
        {
            await send.ConfigureAwait(false);
            FrameSent();
        }
        catch (Exception e) when (IsTransport(e))
        {
            Log.SendFailed(connection.Server.Logger, connection.Id, e.GetType().Name);
            Fail();
        }
    }

    private async ValueTask WaitAndSendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type)
    {
        Task idle;
        lock (_gate)
        {
            if (_ended)
                return;
            idle = _pumping || _held ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
        await idle.ConfigureAwait(false);
        await SendFrameAsync(frame, type).ConfigureAwait(false);
    }

    private void FrameSent()
    {
        lock (_gate)
        {
            _pumping = false;
            Stopped();
            if (_queue is { Count: > 0 } && !_ended)
                Pump();
        }
    }

    // Under the lock: nobody writes now.
    private void Stopped()
    {
        _finished?.TrySetResult();
        _idle?.TrySetResult();
        _idle = null;
    }

    void IThreadPoolWorkItem.Execute() => _ = PumpAsync();

    private void Enqueue(in OutgoingItem item)
    {
        lock (_gate)
        {
            if (_closing || _ended)
                return;
            _queue ??= new Queue<OutgoingItem>(4);
            if (_queue.Count >= connection.Server.Options.Connections.MaxQueuedMessages)
            {
                Log.QueueFull(connection.Server.Logger, connection.Id, _queue.Count);
                Cut();
                return;
            }
            _queue.Enqueue(item);
            if (item.IsMedia)
                _unsentMedia++;
            if (!_held)
                Pump();
        }
    }

    private void Pump()
    {
        if (_pumping)
            return;
        _pumping = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task PumpAsync()
    {
        try
        {
            var mediaLeft = false;
            while (TryTake(mediaLeft, out var item))
            {
                await WriteAsync(item).ConfigureAwait(false);
                mediaLeft = item.IsMedia;
            }
        }
        catch (Exception e) when (IsTransport(e))
        {
            Log.SendFailed(connection.Server.Logger, connection.Id, e.GetType().Name);
            Fail();
        }
        catch (Exception e)
        {
            Log.PumpFailed(connection.Server.Logger, connection.Id, e);
            Fail();
        }
    }

    private void Fail()
    {
        lock (_gate)
        {
            _pumping = false;
            _buffer.Release();
            Cut();
            Stopped();
        }
    }

    private static bool IsTransport(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    // One visit to the lock for each item: it also counts the one before as gone.
    private bool TryTake(bool mediaLeft, out OutgoingItem item)
    {
        lock (_gate)
        {
            if (mediaLeft)
                MediaLeft();
            if (_queue is not null && _queue.TryDequeue(out item))
                return true;
            item = default;
            _pumping = false;
            if (_queue?.Capacity > KeptCapacity)
                _queue = null;
            _buffer.Release();
            Stopped();
            return false;
        }
    }

    private async ValueTask WriteAsync(OutgoingItem item)
    {
        if (item.Close is { } close)
        {
            await WriteCloseAsync(close).ConfigureAwait(false);
            return;
        }
        if (item.Frame is { } frame)
        {
            Count(MessageKind.Setup, frame.Payload.Length);
            connection.Server.Tap.Saw(connection.Id, LiveDirection.ToClient, frame.Type, frame.Payload.Span);
            await WatchAsync(socket.SendAsync(frame.Payload, frame.Type, endOfMessage: true, CancellationToken.None)).ConfigureAwait(false);
            return;
        }
        _buffer.Clear();
        if (item.Message is { } message)
        {
            LiveCodec.Encode(message, _buffer, connection.Server.Options.IndentedJson);
            Count(KindOf(message), _buffer.Written.Length);
            await WriteBufferAsync().ConfigureAwait(false);
            return;
        }
        var media = item.Media;
        if (IsCancelled(media))
            return;
        MessageEncoder.Encode(media, _buffer, connection.Server.Options.IndentedJson);
        if (IsCancelled(media))
            return;
        Count(media.Pcm.IsEmpty ? MessageKind.Content : MessageKind.Audio, _buffer.Written.Length);
        await WriteBufferAsync().ConfigureAwait(false);
        if (MessageEncoder.HasTranscription(media))
        {
            _buffer.Clear();
            MessageEncoder.EncodeTranscription(media, _buffer, connection.Server.Options.IndentedJson);
            Count(MessageKind.Content, _buffer.Written.Length);
            await WriteBufferAsync().ConfigureAwait(false);
        }
        _session?.MediaSent(media);
    }

    private void Count(MessageKind kind, int bytes) => connection.Server.Metrics.Messages.Count(LiveDirection.ToClient, kind, bytes);

    private static MessageKind KindOf(LiveSessionResponse message) =>
        message.SetupComplete is not null ? MessageKind.Setup
        : message.ToolCall is not null || message.ToolCallCancellation is not null ? MessageKind.Tool
        : message.GoAway is not null || message.SessionResumptionUpdate is not null ? MessageKind.Control
        : message.ServerContent is not null ? MessageKind.Content : MessageKind.Other;

    private bool IsCancelled(in LiveMedia media) => media.Generation <= Volatile.Read(ref _cancelledGeneration);

    private ValueTask WriteBufferAsync()
    {
        var frame = _buffer.Written;
        connection.Server.Tap.Saw(connection.Id, LiveDirection.ToClient, _type, frame.Span);
        return WatchAsync(socket.SendAsync(frame, _type, endOfMessage: true, CancellationToken.None));
    }

    private async ValueTask WriteCloseAsync(LiveClose close)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        var reason = CloseReason.Cut(close.Reason);
        connection.Server.Tap.SawClose(connection.Id, LiveDirection.ToClient, close.Code, reason);
        await WatchAsync(new ValueTask(socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, reason, CancellationToken.None))).ConfigureAwait(false);
        connection.CloseSent();
    }

    // Sends end at once unless the client is slow; only then is there a clock to look at.
    private ValueTask WatchAsync(ValueTask send)
    {
        return send.IsCompleted ? send : Watched(send);

        async ValueTask Watched(ValueTask pending)
        {
            var timer = _sendTimer ??= connection.Server.Time.CreateTimer(static state => ((LiveWriter)state!).SendTimedOut(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Volatile.Write(ref _waiting, true);
            timer.Change(connection.Server.Options.Connections.SendTimeout, Timeout.InfiniteTimeSpan);
            try
            {
                await pending.ConfigureAwait(false);
            }
            finally
            {
                Volatile.Write(ref _waiting, false);
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void SendTimedOut()
    {
        Log.SendTimedOut(connection.Server.Logger, connection.Id, connection.Server.Options.Connections.SendTimeout);
        lock (_gate)
            Cut();
    }

    private void MediaLeft()
    {
        _unsentMedia--;
        // Woken at half, the model adds a batch; woken at once, it would change places with the pump for every chunk.
        if (_unsentMedia <= connection.Server.Options.Connections.MaxUnsentMedia / 2)
            MakeRoom();
    }

    private void Cut()
    {
        End();
        socket.Abort();
    }

    private void End()
    {
        _ended = true;
        _queue = null;
        _idle?.TrySetResult();
        _idle = null;
        MakeRoom();
    }

    private void MakeRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ClientTooSlow, LogLevel.Warning, "Connection {ConnectionId} is cut: {Queued} messages wait for a client that does not read")]
        public static partial void QueueFull(ILogger logger, string connectionId, int queued);

        [LoggerMessage(EventIds.SendTimedOut, LogLevel.Warning, "Connection {ConnectionId} is cut: one message could not be sent in {Timeout}")]
        public static partial void SendTimedOut(ILogger logger, string connectionId, TimeSpan timeout);

        [LoggerMessage(EventIds.TransportLost, LogLevel.Debug, "Connection {ConnectionId} was lost while sending ({Error})")]
        public static partial void SendFailed(ILogger logger, string connectionId, string error);

        [LoggerMessage(EventIds.ConnectionFailed, LogLevel.Error, "The writer of connection {ConnectionId} failed")]
        public static partial void PumpFailed(ILogger logger, string connectionId, Exception exception);
    }
}

using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>
/// The send queue of a socket. Any thread queues messages; one pump sends them, and runs only while something is queued, so that an idle client costs
/// neither a task nor a buffer. Nothing is sent before <see cref="Open"/>, and nothing is queued after a close. A client that does not read is
/// disconnected at one of two limits: the length of the queue or the duration of one send.
/// </summary>
internal sealed partial class LiveWriter : IThreadPoolWorkItem
{
    /// <summary>A queue that grew beyond this under load is dropped once it is empty.</summary>
    private const int KeptCapacity = 32;

    private readonly LiveConnection _connection;
    private readonly MessageSender _sender;
    private readonly Lock _gate = new();
    private Queue<OutgoingItem>? _queue;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _finished;
    private TaskCompletionSource? _idle;
    private int _unsentMedia;
    private bool _waitsForOpen = true, _pumping, _closing, _ended;

    internal LiveWriter(WebSocket socket, LiveConnection connection)
    {
        _connection = connection;
        _sender = new MessageSender(socket, connection, SendTimedOut);
    }

    /// <summary>A close is queued or sent; further input of the client is ignored.</summary>
    internal bool IsClosing => Volatile.Read(ref _closing);

    /// <inheritdoc cref="MessageSender.IsBlocked"/>
    internal bool IsSendBlocked => _sender.IsBlocked;

    /// <summary>The close that was queued first; null = none.</summary>
    internal LiveClose? QueuedClose { get; private set; }

    private LiveConnectionOptions Limits => _connection.Services.Options.Connections;

    private ILogger Logger => _connection.Services.Logger;

    /// <summary>Starts sending: <paramref name="first"/>, then <paramref name="then"/>, then what was queued before.</summary>
    internal void Open(ILiveModelSession session, in OutgoingItem first, WebSocketMessageType type, IReadOnlyList<LiveSessionResponse>? then = null)
    {
        lock (_gate)
        {
            _sender.Open(session, type);
            _waitsForOpen = false;
            if (_ended)
                return;
            var early = _queue;
            // Capacity for setupComplete only: many sessions stay idle after it.
            _queue = new Queue<OutgoingItem>(1);
            _queue.Enqueue(first);
            foreach (var message in then ?? [])
                _queue.Enqueue(new OutgoingItem(message));
            while (early?.TryDequeue(out var item) is true)
                _queue.Enqueue(item);
            Pump();
        }
    }

    internal void Send(LiveSessionResponse message) => Enqueue(new OutgoingItem(message));

    /// <summary>Queues a message that is already encoded.</summary>
    internal void Send(WireMessage message) => Enqueue(new OutgoingItem(message));

    /// <summary>
    /// Sends an encoded message after what is queued, without a copy; completes when the socket has taken it. One caller at a time.
    /// </summary>
    internal ValueTask SendEncodedAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        lock (_gate)
        {
            if (_ended || _closing)
                return default;
            if (_pumping || _waitsForOpen)
                return WaitAndSendAsync(message, type);
            _pumping = true;
        }
        ValueTask send;
        try
        {
            send = _sender.SendEncodedAsync(message, type);
        }
        catch (Exception e) when (IsTransport(e))
        {
            send = ValueTask.FromException(e);
        }
        if (!send.IsCompletedSuccessfully)
            return FinishSendAsync(send);
        send.GetAwaiter().GetResult();
        SendCompleted();
        return default;
    }

    internal void SendMedia(in LiveMedia media) => Enqueue(new OutgoingItem(media));

    /// <summary>Closes after what is queued; only the first close counts.</summary>
    /// <returns>Whether this was the first.</returns>
    internal bool Close(LiveClose close)
    {
        lock (_gate)
        {
            if (_closing || _ended)
                return false;
            QueuedClose = close;
            _waitsForOpen = false;
            Enqueue(new OutgoingItem(close));
            Volatile.Write(ref _closing, true);
            return true;
        }
    }

    internal void CancelMedia(int generation)
    {
        lock (_gate)
            _sender.CancelMedia(generation);
    }

    internal ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => Room() is { } room ? WaitForRoomAsync(room, cancellationToken) : default;

    // What to wait for; null if there is room.
    private Task? Room()
    {
        lock (_gate)
        {
            return _unsentMedia < Limits.MaxUnsentMedia || _ended
                ? null
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitForRoomAsync(Task room, CancellationToken cancellationToken)
    {
        for (Task? next = room; next is not null; next = Room())
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops the queue, and completes when the pump has stopped. A send in progress is limited by its timer.</summary>
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
        _sender.Stop();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishSendAsync(ValueTask send)
    {
        try
        {
            await send.ConfigureAwait(false);
            SendCompleted();
        }
        catch (Exception e) when (IsTransport(e))
        {
            Log.SendFailed(Logger, _connection.Id, e.GetType().Name);
            Fail();
        }
    }

    private async ValueTask WaitAndSendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        Task idle;
        lock (_gate)
        {
            if (_ended)
                return;
            idle = _pumping || _waitsForOpen ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
        await idle.ConfigureAwait(false);
        await SendEncodedAsync(message, type).ConfigureAwait(false);
    }

    private void SendCompleted()
    {
        lock (_gate)
        {
            _pumping = false;
            SignalIdle();
            if (_queue is { Count: > 0 } && !_ended)
                Pump();
        }
    }
}

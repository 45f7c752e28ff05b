using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Sessions;

/// <summary>The queue and its pump.</summary>
internal sealed partial class LiveWriter
{
    // Under the lock, while nothing is being sent.
    private void SignalIdle()
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
            if (_queue.Count >= Limits.MaxQueuedMessages)
            {
                Log.QueueFull(Logger, _connection.Id, _queue.Count);
                Abort();
                return;
            }
            _queue.Enqueue(item);
            if (item.IsMedia)
                _unsentMedia++;
            if (!_waitsForOpen)
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
            var mediaSent = false;
            while (TryTake(mediaSent, out var item))
            {
                await _sender.SendAsync(item).ConfigureAwait(false);
                mediaSent = item.IsMedia;
            }
        }
        catch (Exception e) when (IsTransport(e))
        {
            Log.SendFailed(Logger, _connection.Id, e.GetType().Name);
            Fail();
        }
        catch (Exception e)
        {
            Log.PumpFailed(Logger, _connection.Id, e);
            Fail();
        }
    }

    private void Fail()
    {
        lock (_gate)
        {
            _pumping = false;
            _sender.ReleaseBuffer();
            Abort();
            SignalIdle();
        }
    }

    private static bool IsTransport(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    // Takes the lock once for each item: it also counts the previous item as sent.
    private bool TryTake(bool mediaSent, out OutgoingItem item)
    {
        lock (_gate)
        {
            if (mediaSent)
                MediaSent();
            if (_queue is not null && _queue.TryDequeue(out item))
                return true;
            item = default;
            _pumping = false;
            if (_queue?.Capacity > KeptCapacity)
                _queue = null;
            _sender.ReleaseBuffer();
            SignalIdle();
            return false;
        }
    }

    private void SendTimedOut()
    {
        Log.SendTimedOut(Logger, _connection.Id, Limits.SendTimeout);
        lock (_gate)
            Abort();
    }

    private void MediaSent()
    {
        _unsentMedia--;
        // At half the limit the model is woken to add a batch; woken for every chunk, it and the pump would take turns.
        if (_unsentMedia <= Limits.MaxUnsentMedia / 2)
            SignalRoom();
    }

    private void Abort()
    {
        End();
        _connection.Abort();
    }

    private void End()
    {
        _ended = true;
        _queue = null;
        _idle?.TrySetResult();
        _idle = null;
        SignalRoom();
    }

    private void SignalRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ClientTooSlow, LogLevel.Warning, "Client does not read: connection {ConnectionId} aborted with {Queued} messages queued")]
        public static partial void QueueFull(ILogger logger, string connectionId, int queued);

        [LoggerMessage(EventIds.SendTimedOut, LogLevel.Warning, "Send timed out: connection {ConnectionId} aborted, one message took longer than {Timeout}")]
        public static partial void SendTimedOut(ILogger logger, string connectionId, TimeSpan timeout);

        [LoggerMessage(EventIds.TransportLost, LogLevel.Debug, "Connection {ConnectionId} lost while sending ({Error})")]
        public static partial void SendFailed(ILogger logger, string connectionId, string error);

        [LoggerMessage(EventIds.ConnectionFailed, LogLevel.Error, "Writer of connection {ConnectionId} failed")]
        public static partial void PumpFailed(ILogger logger, string connectionId, Exception exception);
    }
}

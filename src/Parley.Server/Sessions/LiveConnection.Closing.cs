using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>Refusals, closes and logs.</summary>
#pragma warning disable CA1001 // See the comment on _aborted.
internal sealed partial class LiveConnection
#pragma warning restore CA1001
{
    private LiveClose CloseFor(Exception e)
    {
        switch (e)
        {
            case LiveProtocolException invalid:
                // The text may quote the message, so only the path is logged.
                Services.Metrics.Refused(1007);
                Log.RefusedMessage(Services.Logger, LogText.Clean(invalid.Path), _request.Remote);
                return new LiveClose(1007, invalid.Message);
            case StorageException:
                // Its cause was logged by LiveDatabaseWriter.
                return LogRefusal(LiveClose.Unavailable);
            case LiveCloseException refused:
                if (refused.Close == LiveClose.TooBig)
                    Session?.Events?.LimitReached("message_size");
                return LogRefusal(refused.Close);
            default:
                Log.ModelFailed(Services.Logger, Id, e);
                return LiveClose.Internal;
        }
    }

    /// <summary>Ends the connection after an exception on a thread that has no caller, such as a timer's.</summary>
    internal void CallbackFailed(Exception exception)
    {
        Log.CallbackFailed(Services.Logger, Id, exception);
        Abort();
    }

    private LiveClose LogRefusal(LiveClose close)
    {
        Services.Metrics.Refused(close.Code);
        Log.Refused(Services.Logger, close.Code, LogText.Clean(close.Reason), _request.Remote);
        return close;
    }

    private void OnLimitExceeded(LiveClose close)
    {
        if (!_writer.IsClosing)
        {
            Session?.Events?.LimitReached("message_rate");
            Close(LogRefusal(close));
        }
    }

    private async Task EndAsync()
    {
        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.ConnectionFailed(Services.Logger, Id, e);
        }
        finally
        {
            Services.Registry.Remove(this);
            // Disposing resets the connection, as aborting does; left undisposed, the host sends the close of the socket and ends the connection in order.
            if (!_wasFaulted)
                _socket.Dispose();
        }
    }

    private async Task ReleaseAsync()
    {
        if (_socket.State == WebSocketState.CloseReceived)
        {
            ClientCloseCode = (int)(_socket.CloseStatus ?? WebSocketCloseStatus.Empty);
            Services.Observers.NotifyClose(Id, LiveDirection.FromClient, ClientCloseCode, _socket.CloseStatusDescription);
            await AnswerCloseAsync().ConfigureAwait(false);
        }
        if (_socket.State != WebSocketState.Closed && !_wasFaulted)
            _socket.Abort();
        await _writer.StopAsync().ConfigureAwait(false);
        _clock.Stop();
        _messageTimer.Stop();
        _writer.Stop();
        if (_readAhead is not null)
            await _readAhead.DropAsync().ConfigureAwait(false);
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
        var (code, cause) = CloseCause.Of(_writer.QueuedClose, _socket.CloseStatus);
        Services.Usage.AddClose(_request.Caller?.KeyId ?? "none", code, cause);
    }

    // Drops what is queued; the answer waits only for a send in progress, which its own timer limits.
    private async Task AnswerCloseAsync()
    {
        await _writer.StopAsync().ConfigureAwait(false);
        _clock.CloseSent();
        try
        {
            var status = _socket.CloseStatus ?? WebSocketCloseStatus.Empty;
            await _socket.CloseOutputAsync(status, status == WebSocketCloseStatus.Empty ? null : _socket.CloseStatusDescription, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or ArgumentException or InvalidOperationException)
        {
            Log.TransportLost(Services.Logger, Id, e.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SessionClaimedElsewhere, LogLevel.Information, "Session {SessionId} was resumed on another server; closing its connection here")]
        public static partial void Superseded(ILogger logger, string sessionId);

        [LoggerMessage(EventIds.ConnectionOpened, LogLevel.Debug, "Connection {ConnectionId} opened by client {Remote}, waiting for the setup")]
        public static partial void Opened(ILogger logger, string connectionId, string remote);

        [LoggerMessage(EventIds.ConnectionRefused, LogLevel.Warning, "Refused with {Code} {Reason}, client {Remote}")]
        public static partial void Refused(ILogger logger, int code, string reason, string remote);

        [LoggerMessage(EventIds.MessageRefused, LogLevel.Warning, "Refused with 1007: invalid message at '{Path}', client {Remote}")]
        public static partial void RefusedMessage(ILogger logger, string path, string remote);

        [LoggerMessage(EventIds.ConnectionClosing, LogLevel.Debug, "Connection {ConnectionId} closing with {Code}")]
        public static partial void Closing(ILogger logger, string connectionId, int code);

        [LoggerMessage(EventIds.ReceiveFailed, LogLevel.Debug, "Connection {ConnectionId} lost ({Error})")]
        public static partial void TransportLost(ILogger logger, string connectionId, string error);

        [LoggerMessage(EventIds.ModelFailed, LogLevel.Error, "Model of connection {ConnectionId} failed; closing with 1011")]
        public static partial void ModelFailed(ILogger logger, string connectionId, Exception exception);

        [LoggerMessage(EventIds.CallbackFailed, LogLevel.Error, "Callback of connection {ConnectionId} failed; the connection is aborted")]
        public static partial void CallbackFailed(ILogger logger, string connectionId, Exception exception);

        [LoggerMessage(EventIds.ReaderFailed, LogLevel.Error, "Reader of connection {ConnectionId} failed")]
        public static partial void ConnectionFailed(ILogger logger, string connectionId, Exception exception);
    }
}

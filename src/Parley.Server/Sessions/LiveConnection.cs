using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Sockets;
using Parley.Server.Storage;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// One socket from upgrade to close. Its reader is the mailbox of the session: everything the client says reaches the model from
/// <see cref="RunAsync"/>, one message at a time. What the server says goes through <see cref="LiveWriter"/>.
/// Whoever ends it, there is one way out: a close is queued behind what is still to be said, the client answers it or runs out of time.
/// </summary>
#pragma warning disable CA1001 // See the source of its token.
internal sealed partial class LiveConnection
#pragma warning restore CA1001
{
    /// <summary>So much is heard before the pace is looked at: no clock for every frame.</summary>
    private const int PacedBytes = 32 << 10;

    /// <summary>What a client that does not read its answers sends counts so many times: at the default it is heard as fast as people speak.</summary>
    private const int UnreadWeight = 16;

    /// <summary>A large picture may come at once, and who sent it wants to be heard.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly WebSocket _socket;
    private readonly ConnectionRequest _request;
    private readonly MessageReader _reader;
    private readonly FrameLimiter? _guard;
    private readonly LiveWriter _writer;
    private readonly ConnectionClock _clock;
    private readonly MessageTimer _messageTimer;
    // Never disposed: it holds nothing, and may be cancelled by a timer that comes late.
    private readonly CancellationTokenSource _aborted = new();
    private RateLimiter? _pace;
    private int _unpaced;
    private HostedSession? _session;
    private ReadAhead? _readAhead;
    private bool _wasFaulted, _wasSlowed;

    internal LiveConnection(ServerContext server, WebSocket socket, ConnectionRequest request, FrameLimiter? guard = null)
    {
        Server = server;
        Id = RandomId.New();
        _socket = socket;
        _request = request;
        _messageTimer = new MessageTimer(server.Options, server.Time, Close);
        _reader = new MessageReader(socket, server.Options.Messages.MaxBytes, server.InputBudget, guard, _messageTimer);
        _guard = guard;
        if (guard is not null)
            guard.Broken = OnBroken;
        _writer = new LiveWriter(socket, this);
        _clock = new ConnectionClock(this);
    }

    /// <summary>Also the id of its session, where that is new.</summary>
    internal string Id { get; }

    internal ServerContext Server { get; }

    /// <summary>How the client ended it; 1006 where it did not say so.</summary>
    internal int ClientCloseCode { get; private set; } = 1006;

    /// <summary>The session, once it has started.</summary>
    internal HostedSession? Session => Volatile.Read(ref _session);

    /// <summary>Ends with the connection and disposes its socket; never throws what the client is to blame for.</summary>
    internal async Task RunAsync()
    {
        using var scope = Server.Logger.BeginScope(new KeyValuePair<string, object>[] { new("ConnectionId", Id) });
        Server.Registry.Add(this);
        _clock.AwaitSetup();
        Log.Opened(Server.Logger, Id, _request.Remote);
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode is WebSocketError.Faulted or WebSocketError.HeaderError)
        {
            // The stack refused a broken frame and wrote the close by itself; cut now, and the client would never read it.
            _wasFaulted = true;
            Log.TransportLost(Server.Logger, Id, e.WebSocketErrorCode.ToString());
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Log.TransportLost(Server.Logger, Id, e.GetType().Name);
        }
        catch (Exception e)
        {
            Log.ConnectionFailed(Server.Logger, Id, e);
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Queues a message of the server's own.</summary>
    internal void Send(LiveSessionResponse message) => _writer.Send(message);

    /// <summary>Closes behind what is queued.</summary>
    internal void Close(LiveClose close)
    {
        if (_writer.Close(close))
            Log.Closing(Server.Logger, Id, close.Code);
    }

    internal void CloseSent()
    {
        if (_guard is not null)
            _guard.IsTold = true;
        _clock.CloseSent();
    }

    internal void Drain() => _clock.Drain();

    internal void Abort()
    {
        _socket.Abort();
        _aborted.Cancel();
    }

    private async Task ReadAsync()
    {
        if (_request.Refusal?.Close is { } refusal)
        {
            if (await _reader.WaitForDataAsync().ConfigureAwait(false))
            {
                Server.Metrics.Refused(refusal.Code);
                Log.Refused(Server.Logger, refusal.Code, refusal.Reason, _request.Remote);
                Close(refusal);
                await DiscardAsync().ConfigureAwait(false);
            }
            return;
        }
        while (true)
        {
            var next = await NextAsync().ConfigureAwait(false);
            // The setup is needed while more is read already.
            using var frame = _session is null ? next.Kept() : next;
            if (frame.Type == WebSocketMessageType.Close)
                return;
            if (!_writer.IsClosing && await HandleAsync(frame).ConfigureAwait(false) is { } close)
                Close(close);
            if (_writer.IsClosing)
            {
                await DiscardAsync().ConfigureAwait(false);
                return;
            }
            if ((_unpaced += next.Length) >= PacedBytes)
                await PaceAsync().ConfigureAwait(false);
        }
    }

    private ValueTask PaceAsync()
    {
        _pace ??= new RateLimiter(Server.Time, Server.Options.Connections.MaxInputBytesPerSecond, LongestPause);
        var waiting = _pace.TakeAsync((long)_unpaced * (_writer.IsWaiting ? UnreadWeight : 1), _aborted.Token);
        _unpaced = 0;
        if (!waiting.IsCompleted && !_wasSlowed)
        {
            _wasSlowed = true;
            Log.Slowed(Server.Logger, Id, Server.Options.Connections.MaxInputBytesPerSecond);
        }
        return waiting;
    }

    private async ValueTask DiscardAsync()
    {
        // A socket has one receiver: the one that was started for what comes before setupComplete ends first.
        while (_readAhead?.TryTake(out var next) is true)
        {
            using var frame = await next.ConfigureAwait(false);
            if (frame.Type == WebSocketMessageType.Close)
                return;
        }
        await _reader.DiscardUntilClosedAsync(Server.SharedRateLimits.Discards, _aborted.Token).ConfigureAwait(false);
    }

    private ValueTask<ReceivedMessage> NextAsync()
    {
        if (_readAhead is null)
            return _reader.ReceiveAsync();
        if (_readAhead.TryTake(out var next))
            return next;
        _readAhead = null;
        return _reader.ReceiveAsync();
    }

    private ValueTask<LiveClose?> HandleAsync(in ReceivedMessage frame)
    {
        if (frame.Refusal is { } broken)
            return new(Refused(broken));
        Server.Tap.Saw(Id, LiveDirection.FromClient, frame.Type, frame.Payload);
        try
        {
            // Where the message is decoded here, base64 says by itself whether it is what it seems.
            var peek = _session is { IsRelayed: false } ? ClientPeek.ReadForDecoding(frame.Payload) : ClientPeek.Read(frame.Payload);
            Server.Metrics.Messages.Count(LiveDirection.FromClient, peek.Kind, frame.Length);
            if (_session is { IsRelayed: true } relayed)
                return Relayed(relayed.ReceiveAsync(frame.Memory, frame.Type, peek));
            if (_session is { } session)
            {
                session.Receive(frame.Payload, peek);
                return default;
            }
            if (frame.Length > MessageRules.MaxBytes(Server.Options, MessageKind.Setup))
                return new(Refused(LiveClose.TooBig));
            var first = LiveCodec.DecodeRequest(frame.Payload, Server.Options.Compatibility, out var unknownField);
            if (first.Setup is null)
                return new(unknownField is null ? Refused(LiveClose.SetupFirst) : CloseOf(unknownField));
            return StartAsync(first, unknownField, frame);
        }
        catch (Exception e)
        {
            return new(CloseOf(e));
        }
    }

    // The frame waits where the upstream is slow; the next one is read when this is done.
    private ValueTask<LiveClose?> Relayed(ValueTask sending)
    {
        if (!sending.IsCompletedSuccessfully)
            return WaitAsync(sending);
        sending.GetAwaiter().GetResult();
        return default;

        async ValueTask<LiveClose?> WaitAsync(ValueTask pending)
        {
            try
            {
                await pending.ConfigureAwait(false);
                return null;
            }
            catch (Exception e)
            {
                return CloseOf(e);
            }
        }
    }

    private async ValueTask<LiveClose?> StartAsync(LiveSessionRequest first, LiveProtocolException? unknownField, ReceivedMessage frame)
    {
        _clock.SetupArrived();
        // Once a session: what follows may look into files, and who calls may be the thread that waits for all sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var plan = await Server.Planner.PlanAsync(first, unknownField, Id, _request).ConfigureAwait(false);
            var session = HostedSession.Create(this, _writer, plan.WithFrame(frame));
            try
            {
                await session.StartAsync(StartReadAhead).ConfigureAwait(false);
            }
            catch
            {
                await session.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            Volatile.Write(ref _session, session);
            _clock.Run(session.End);
            return null;
        }
        catch (Exception e)
        {
            return CloseOf(e);
        }
    }

    /// <summary>While the model starts, the client is heard: what it says waits, and where it leaves the start is cancelled.</summary>
    private Task StartReadAhead(Task starting, CancellationTokenSource gone)
    {
        _readAhead = new ReadAhead(_reader, Server.Options.Connections.MaxWaitingBytes);
        return _readAhead.RunAsync(starting, gone);
    }

    private LiveClose CloseOf(Exception e)
    {
        switch (e)
        {
            case LiveProtocolException broken:
                // The text may quote the message, so the log gets the place only.
                Server.Metrics.Refused(1007);
                Log.RefusedMessage(Server.Logger, CloseReason.Cut(broken.Path).ReplaceLineEndings(" "), _request.Remote);
                return new LiveClose(1007, broken.Message);
            case StorageException:
                // The writer said what is wrong with it.
                return Refused(LiveClose.Unavailable);
            case LiveCloseException refused:
                return Refused(refused.Close);
            default:
                Log.ModelFailed(Server.Logger, Id, e);
                return LiveClose.Internal;
        }
    }

    private LiveClose Refused(LiveClose close)
    {
        Server.Metrics.Refused(close.Code);
        Log.Refused(Server.Logger, close.Code, CloseReason.Cut(close.Reason).ReplaceLineEndings(" "), _request.Remote);
        return close;
    }

    private void OnBroken(LiveClose close)
    {
        if (!_writer.IsClosing)
            Close(Refused(close));
    }

    private async Task EndAsync()
    {
        if (_socket.State == WebSocketState.CloseReceived)
        {
            ClientCloseCode = (int)(_socket.CloseStatus ?? WebSocketCloseStatus.Empty);
            Server.Tap.SawClose(Id, LiveDirection.FromClient, (int)(_socket.CloseStatus ?? WebSocketCloseStatus.Empty), _socket.CloseStatusDescription);
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
        var (code, cause) = CloseCause.Of(_writer.Closed, _socket.CloseStatus);
        Server.Ledger.Closed(_request.Caller?.KeyId ?? "nobody", code, cause);
        Server.Registry.Remove(this);
        // Disposing resets the connection, as cutting it does; left alone, the host sends what the stack wrote and ends it in order.
        if (!_wasFaulted)
            _socket.Dispose();
    }

    // What is still queued is for nobody; the answer waits for a write under way only, which its own timer bounds.
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
            Log.TransportLost(Server.Logger, Id, e.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ConnectionOpened, LogLevel.Debug, "Connection {ConnectionId} of client {Remote} waits for its setup")]
        public static partial void Opened(ILogger logger, string connectionId, string remote);

        [LoggerMessage(EventIds.ConnectionRefused, LogLevel.Warning, "Refused with {Code} {Reason}, client {Remote}")]
        public static partial void Refused(ILogger logger, int code, string reason, string remote);

        [LoggerMessage(EventIds.MessageRefused, LogLevel.Warning, "Refused with 1007: a message is wrong at '{Path}', client {Remote}")]
        public static partial void RefusedMessage(ILogger logger, string path, string remote);

        [LoggerMessage(EventIds.ClientSlowed, LogLevel.Warning, "Connection {ConnectionId} sends more than {BytesPerSecond} bytes a second; what comes faster is read later")]
        public static partial void Slowed(ILogger logger, string connectionId, int bytesPerSecond);

        [LoggerMessage(EventIds.ConnectionClosing, LogLevel.Debug, "Connection {ConnectionId} is closed with {Code}")]
        public static partial void Closing(ILogger logger, string connectionId, int code);

        [LoggerMessage(EventIds.ReceiveFailed, LogLevel.Debug, "Connection {ConnectionId} was lost ({Error})")]
        public static partial void TransportLost(ILogger logger, string connectionId, string error);

        [LoggerMessage(EventIds.ModelFailed, LogLevel.Error, "The model of connection {ConnectionId} failed; the client gets 1011")]
        public static partial void ModelFailed(ILogger logger, string connectionId, Exception exception);

        [LoggerMessage(EventIds.ReaderFailed, LogLevel.Error, "The reader of connection {ConnectionId} failed")]
        public static partial void ConnectionFailed(ILogger logger, string connectionId, Exception exception);
    }
}

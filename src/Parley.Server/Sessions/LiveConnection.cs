using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Events;
using Parley.Server.Sockets;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// One WebSocket connection from its upgrade to its close. A client message takes this path, one at a time, on the task of <see cref="RunAsync"/>:
/// <code>
/// frames ──&gt; MessageReader ──&gt; ClientPeek ──&gt; MessageRules ──┬─&gt; MessageRouter ──&gt; ILiveModelSession   decoded: local models
///            one message       its kind       size and order   └─&gt; IMessageSession                       as it is: the relay
/// </code>
/// Server messages go through <see cref="LiveWriter"/>. Every end takes the same path too: a close is queued after the pending messages, and the
/// client answers it or is disconnected by <see cref="ConnectionClock"/>.
/// </summary>
#pragma warning disable CA1001 // See the comment on _aborted.
internal sealed partial class LiveConnection
#pragma warning restore CA1001
{
    private readonly WebSocket _socket;
    private readonly ConnectionRequest _request;
    private readonly MessageReader _reader;
    private readonly FrameLimiter? _frameLimiter;
    private readonly LiveWriter _writer;
    private readonly ConnectionClock _clock;
    private readonly MessageTimer _messageTimer;
    private readonly InputThrottle _throttle;
    // Never disposed: it holds no resource, and a late timer may still cancel it.
    private readonly CancellationTokenSource _aborted = new();
    private HostedSession? _session;
    private SessionWatch? _watch;
    private ReadAhead? _readAhead;
    private bool _wasFaulted;

    internal LiveConnection(ConnectionServices services, WebSocket socket, ConnectionRequest request, FrameLimiter? frameLimiter = null)
    {
        Services = services;
        Id = RandomId.New();
        _socket = socket;
        _request = request;
        _messageTimer = new MessageTimer(services.Options, services.Time, Close);
        _reader = new MessageReader(socket, services.Options.Messages.MaxBytes, services.InputBudget, frameLimiter, _messageTimer);
        _frameLimiter = frameLimiter;
        if (frameLimiter is not null)
            frameLimiter.LimitExceeded = OnLimitExceeded;
        _writer = new LiveWriter(socket, this);
        _clock = new ConnectionClock(this);
        _throttle = new InputThrottle(services, Id, _aborted.Token);
    }

    /// <summary>Id of the connection; also the id of its session, unless that was resumed.</summary>
    internal string Id { get; }

    internal ConnectionServices Services { get; }

    /// <summary>How the messages of this client differ; null = not at all.</summary>
    internal VertexDialect? Dialect => _request.Dialect;

    /// <summary>The client's close code; 1006 if it sent no close.</summary>
    internal int ClientCloseCode { get; private set; } = 1006;

    /// <summary>Receives the messages of a session that an operator watches; null if nobody does.</summary>
    internal SessionWatch? Watch
    {
        get => Volatile.Read(ref _watch);
        set => Volatile.Write(ref _watch, value);
    }

    /// <summary>Receives the messages of a session that is recorded; null if it is not.</summary>
    internal ISessionRecording? Recording { get; set; }

    /// <summary>Who takes part in calls of its endpoint.</summary>
    internal IReadOnlyList<ILiveCallHandler> CallHandlers => _request.CallHandlers;

    /// <summary>Reports the messages of a local session; null if nobody observes them, or the session is relayed.</summary>
    internal SessionEvents? Events { get; set; }

    /// <summary>The session; null until it has started.</summary>
    internal HostedSession? Session => Volatile.Read(ref _session);

    /// <summary>Serves the connection; completes when it has ended and its socket is disposed. Does not throw for errors of the client.</summary>
    internal async Task RunAsync()
    {
        using var scope = Services.Logger.BeginScope(new KeyValuePair<string, object>[] { new("ConnectionId", Id) });
        Services.Registry.Add(this);
        _clock.AwaitSetup();
        Log.Opened(Services.Logger, Id, _request.Remote);
        Services.Observers.NotifyOpened(Id, _request.Caller, Services.Keys);
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode is WebSocketError.Faulted or WebSocketError.HeaderError)
        {
            // The socket refused an invalid frame and sent the close itself; aborted now, the client would never read it.
            _wasFaulted = true;
            Log.TransportLost(Services.Logger, Id, e.WebSocketErrorCode.ToString());
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Log.TransportLost(Services.Logger, Id, e.GetType().Name);
        }
        catch (Exception e)
        {
            Log.ConnectionFailed(Services.Logger, Id, e);
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Queues a message of the server.</summary>
    internal void Send(LiveSessionResponse message) => _writer.Send(message);

    /// <summary>Closes after what is queued.</summary>
    internal void Close(LiveClose close)
    {
        if (_writer.Close(close))
            Log.Closing(Services.Logger, Id, close.Code);
    }

    /// <summary>Closes the connection because its session continues on another server.</summary>
    internal void CloseSuperseded()
    {
        if (_writer.IsClosing)
            return;
        Services.Metrics.SessionMoved();
        Log.Superseded(Services.Logger, Session?.SessionId ?? Id);
        Session?.Moves();
        Close(LiveClose.Aborted);
    }

    internal void CloseSent()
    {
        if (_frameLimiter is not null)
            _frameLimiter.CloseSent = true;
        _clock.CloseSent();
    }

    internal void Drain() => _clock.Drain(mayMove: !_request.IsInProcess);

    internal void Abort()
    {
        _socket.Abort();
        // Not on this thread: it may hold a lock, and a wait that ends continues with the end of the connection.
        _ = _aborted.CancelAsync();
    }

    private async Task ReadAsync()
    {
        if (_request.Refusal?.Close is { } refusal)
        {
            if (await _reader.WaitForDataAsync().ConfigureAwait(false))
            {
                Services.Metrics.Refused(refusal.Code);
                Log.Refused(Services.Logger, refusal.Code, refusal.Reason, _request.Remote);
                Close(refusal);
                await DiscardAsync().ConfigureAwait(false);
            }
            return;
        }
        while (true)
        {
            var received = await ReceiveNextAsync().ConfigureAwait(false);
            // The setup is still needed while later messages are read ahead.
            using var message = _session is null ? received.ToOwned() : received;
            if (message.Type == WebSocketMessageType.Close)
                return;
            if (!_writer.IsClosing && await HandleAsync(message).ConfigureAwait(false) is { } close)
                Close(close);
            if (_writer.IsClosing)
            {
                await DiscardAsync().ConfigureAwait(false);
                return;
            }
            await _throttle.AddAsync(received.Length, _writer.IsSendBlocked).ConfigureAwait(false);
        }
    }

    private async ValueTask DiscardAsync()
    {
        // A socket has one receiver: a receive that was started before setupComplete has to end first.
        while (_readAhead?.TryTake(out var next) is true)
        {
            using var message = await next.ConfigureAwait(false);
            if (message.Type == WebSocketMessageType.Close)
                return;
        }
        await _reader.DiscardUntilClosedAsync(Services.SharedRateLimits.DiscardedBytes, _aborted.Token).ConfigureAwait(false);
    }

    private ValueTask<ReceivedMessage> ReceiveNextAsync()
    {
        if (_readAhead is null)
            return _reader.ReceiveAsync();
        if (_readAhead.TryTake(out var next))
            return next;
        _readAhead = null;
        return _reader.ReceiveAsync();
    }

    private ValueTask<LiveClose?> HandleAsync(in ReceivedMessage message)
    {
        if (message.Refusal is { } refusal)
            return new(LogRefusal(refusal));
        Services.Observers.Notify(Id, LiveDirection.FromClient, message.Type, message.Payload);
        Watch?.Message(LiveDirection.FromClient, message.Type, message.Payload);
        Recording?.Message(LiveDirection.FromClient, message.Payload);
        try
        {
            // A message that is decoded here needs no full scan: decoding its base64 shows whether it is what it seems.
            var peek = _session is { IsRelayed: false } ? ClientPeek.ReadForDecoding(message.Payload) : ClientPeek.Read(message.Payload);
            Services.Metrics.Messages.Count(LiveDirection.FromClient, peek.Kind, message.Length);
            if (_session is { IsRelayed: true } relayed)
                return CompleteAsync(relayed.ReceiveAsync(message.Memory, message.Type, peek));
            if (_session is { } session)
            {
                session.Receive(message.Payload, peek);
                return CompleteAsync(session.WaitForChecksAsync());
            }
            if (message.Length > MessageRules.MaxBytes(Services.Options, MessageKind.Setup))
                return new(LogRefusal(LiveClose.TooBig));
            var request = SetupReader.Read(message.Payload, Services.Options.Compatibility, out var unread);
            if (request.Setup is null)
                return new(unread is null ? LogRefusal(LiveClose.SetupFirst) : CloseFor(unread));
            return StartAsync(request, unread, message);
        }
        catch (Exception e)
        {
            return new(CloseFor(e));
        }
    }

    // Back-pressure: while the upstream is slow, the next message is not read.
    private ValueTask<LiveClose?> CompleteAsync(ValueTask sending)
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
                return CloseFor(e);
            }
        }
    }

    private async ValueTask<LiveClose?> StartAsync(LiveSessionRequest request, LiveProtocolException? unread, ReceivedMessage message)
    {
        _clock.SetupArrived();
        // Once a session: the rest may read files, and the caller may be the thread that polls all sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var plan = await Services.Planner.PlanAsync(request, unread, Id, _request, _aborted.Token).ConfigureAwait(false);
            var session = HostedSession.Create(this, _writer, plan.WithFirstMessage(message));
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
            _clock.Run(session.Planned, session.Lifetime);
            return null;
        }
        catch (OperationCanceledException) when (_readAhead is { ClientLeft: true } || _aborted.IsCancellationRequested)
        {
            // The model, or a store, was told to stop, and did.
            return LiveClose.Aborted;
        }
        catch (Exception e)
        {
            return CloseFor(e);
        }
    }

    /// <summary>Reads ahead while the model starts: messages are queued, and the start is cancelled if the client leaves.</summary>
    private Task StartReadAhead(Task starting, CancellationTokenSource clientGone)
    {
        _readAhead = new ReadAhead(_reader, Services.Options.Connections.MaxWaitingBytes);
        return _readAhead.RunAsync(starting, clientGone);
    }
}

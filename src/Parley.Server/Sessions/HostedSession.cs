using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Storage;
using Parley.Server.Telemetry;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// A session on its connection: starts the model, gives it what the client says, and is where it says what it has to say.
/// </summary>
internal sealed partial class HostedSession : ILiveModelOutput, IMessageOutput, IAsyncDisposable
{
    private readonly LiveConnection _connection;
    private readonly LiveWriter _writer;
    private readonly ResumptionTrack? _resumption;
    private readonly string _sessionId, _model;
    private readonly bool _isLast;
    private readonly Caller _caller;
    private readonly SessionLease _lease;
    private readonly SessionMeter _meter;
    private readonly MessageRules _rules;
    private readonly Lock _accounting = new();
    private SessionPlan? _plan;
    private MessageRouter? _router;
    private IMessageSession? _messages;
    private long _accounted, _received;
    private bool _over, _endedByModel;

    private HostedSession(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        var start = plan.Start;
        var server = connection.Server;
        _meter = new SessionMeter(server.Metrics, server.UsageSinks, server.Time, server.Logger, start.SessionId, plan.Caller, start.Setup.Model!, plan.Model is IMessageModel, CutUsedUp);
        _rules = new MessageRules(server.Options, plan.PinsContext, forwards: plan.Model is IMessageModel);
        (_connection, _writer, _plan) = (connection, writer, plan);
        (_resumption, _sessionId, _caller, _lease, _isLast, End) = (plan.Resumption, plan.Start.SessionId, plan.Caller, plan.Lease, plan.IsLast, plan.End);
        (_model, IsResumed, Started) = (plan.Start.Setup.Model!, plan.Start.ResumeFrom is not null, connection.Server.Time.GetUtcNow());
        _accounted = connection.Server.Time.GetTimestamp();
    }

    /// <summary>When the connection is over.</summary>
    internal DateTimeOffset End { get; }

    /// <summary>When the session came to this connection.</summary>
    internal DateTimeOffset Started { get; }

    internal string SessionId => _sessionId;

    internal string ConnectionId => _connection.Id;

    internal string KeyId => _caller.KeyId;

    internal string Model => _model;

    internal bool IsResumed { get; }

    internal bool IsOnToken => _caller.Token is not null;

    /// <summary>Messages of the client so far.</summary>
    internal long Received => Volatile.Read(ref _received);

    internal static HostedSession Create(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        var session = new HostedSession(connection, writer, plan);
        // The old socket of a resumed session is mostly one that nobody noticed to be dead; it must not stand in the way.
        if (connection.Server.Registry.Attach(plan.Start.SessionId, connection) is { } old)
        {
            Log.TakenOver(connection.Server.Logger, plan.Start.SessionId);
            old.Close(LiveClose.Aborted);
        }
        return session;
    }

    /// <summary>Starts the model and says <c>setupComplete</c>.</summary>
    /// <param name="whileStarting">Hears the client while the model starts, and cancels the start where it leaves.</param>
    internal async ValueTask StartAsync(Func<Task, CancellationTokenSource, Task> whileStarting)
    {
        var plan = _plan!;
        _plan = null;
        using var gone = new CancellationTokenSource();
        var starting = plan.Model.StartAsync(plan.Start, this, gone.Token);
        ILiveModelSession model;
        if (starting.IsCompleted)
            model = await starting.ConfigureAwait(false);
        else
        {
            var task = starting.AsTask();
            await whileStarting(task, gone).ConfigureAwait(false);
            model = await task.ConfigureAwait(false);
        }
        Log.Started(_connection.Server.Logger, _sessionId, _connection.Id, plan.Start.Setup.Model!, plan.Start.ResumeFrom is not null);
        _meter.Start();
        if (IsResumed)
            _connection.Server.Metrics.Resumed("resumed");
        if (model is IMessageSession messages)
        {
            _messages = messages;
            _writer.Open(model, new OutgoingItem(messages.Opening), messages.Opening.Type);
            messages.Open(this);
            return;
        }
        _router = new MessageRouter(model, _connection.Server.Options.Compatibility, _rules, _meter);
        _writer.Open(model, new OutgoingItem(new LiveSessionResponse { SetupComplete = new SetupComplete() }), plan.FrameType);
    }

    /// <summary>Messages of the client go on unparsed, by <see cref="ReceiveAsync"/>.</summary>
    internal bool IsRelayed => _messages is not null;

    /// <summary>Gives a message to a model that forwards it. Called by the reader only.</summary>
    internal ValueTask ReceiveAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, in ClientPeek peek)
    {
        _rules.Check(peek, message.Length);
        if (peek.AsksForAnswer)
            _meter.Asked();
        return _messages!.ReceiveAsync(new ClientMessage(message, type, peek));
    }

    /// <summary>Gives a message to a model that takes it decoded. Called by the reader only.</summary>
    internal void Receive(ReadOnlySpan<byte> message, in ClientPeek peek)
    {
        Volatile.Write(ref _received, _received + 1);
        _router!.Receive(message, peek);
    }

    /// <summary>Gives the client the newest handle once more.</summary>
    internal void Remind() => _resumption?.Remind(Send);

    /// <summary>Ends the session on behalf of the operator.</summary>
    internal void Cut(LiveClose close) => _connection.Close(close);

    /// <summary>Writes the time down that was not written yet, and ends the session where its key may not go on.</summary>
    internal void Account()
    {
        lock (_accounting)
        {
            if (_over)
                return;
            var now = _connection.Server.Time.GetTimestamp();
            _connection.Server.Ledger.Talked(_caller.KeyId, _connection.Server.Time.GetElapsedTime(_accounted, now));
            _accounted = now;
        }
        if (!_connection.Server.Keys.FindById(_caller.KeyId, out var key))
            Cut(LiveClose.InvalidKey);
        else if (key is not null && _connection.Server.Ledger.IsUsedUp(key))
            Cut(LiveClose.QuotaExceeded);
    }

    void ILiveModelOutput.Send(LiveSessionResponse message)
    {
        _writer.Send(message);
        _meter.Said(message);
    }

    void ILiveModelOutput.SendMedia(in LiveMedia media)
    {
        _meter.Output();
        _writer.SendMedia(media);
    }

    void ILiveModelOutput.CancelMedia(int generation) => _writer.CancelMedia(generation);

    ValueTask ILiveModelOutput.WaitForRoomAsync(CancellationToken cancellationToken) => _writer.WaitForRoomAsync(cancellationToken);

    void ILiveModelOutput.Checkpoint(object? state) => _resumption?.Checkpoint(state, Received, Send);

    void ILiveModelOutput.Close(LiveClose close) => _connection.Close(close);

    bool IMessageOutput.WantsHandles => _resumption is not null;

    ISessionMeter IMessageOutput.Meter => _meter;

    ValueTask IMessageOutput.SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, MessageKind kind)
    {
        _connection.Server.Metrics.Messages.Count(LiveDirection.ToClient, kind, message.Length);
        return _writer.SendFrameAsync(message, type);
    }

    void IMessageOutput.Send(LiveSessionResponse message) => _writer.Send(message);

    ValueTask<string?> IMessageOutput.CheckpointAsync(object state) => _resumption is null ? default : _resumption.IssueAsync(state);

    void IMessageOutput.Close(LiveClose close)
    {
        _endedByModel = true;
        _connection.Close(close);
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Server.Registry.Detach(_sessionId, _connection);
        _lease.Dispose();
        lock (_accounting)
        {
            _over = true;
            _connection.Server.Ledger.Talked(_caller.KeyId, _connection.Server.Time.GetElapsedTime(_accounted));
        }
        _resumption?.End(forget: _isLast && _connection.Server.Time.GetUtcNow() >= End);
        _meter.End(_writer.Closed?.Code ?? _connection.ClientCloseCode, _writer.Closed is null ? "client" : _endedByModel ? "upstream" : "server");
        if ((_messages ?? _router?.Model) is not { } model)
            return;
        Log.Ended(_connection.Server.Logger, _sessionId, _connection.Id, _writer.Closed is { } close ? $"closed with {close.Code}" : "the client hung up");
        try
        {
            await model.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.DisposeFailed(_connection.Server.Logger, _sessionId, e);
        }
    }

    private void CutUsedUp()
    {
        if (_caller.Key is { } key && _connection.Server.Ledger.IsUsedUp(key))
            Cut(LiveClose.QuotaExceeded);
    }

    private void Send(SessionResumptionUpdate update) => _writer.Send(new LiveSessionResponse { SessionResumptionUpdate = update });

    private static partial class Log
    {
        [LoggerMessage(EventIds.SessionStarted, LogLevel.Information, "Session {SessionId} started on connection {ConnectionId}: {Model}, resumed: {Resumed}")]
        public static partial void Started(ILogger logger, string sessionId, string connectionId, string model, bool resumed);

        [LoggerMessage(EventIds.SessionEnded, LogLevel.Information, "Session {SessionId} left connection {ConnectionId}: {How}")]
        public static partial void Ended(ILogger logger, string sessionId, string connectionId, string how);

        [LoggerMessage(EventIds.SessionTakenOver, LogLevel.Information, "Session {SessionId} is resumed while its old connection stands; that one is closed")]
        public static partial void TakenOver(ILogger logger, string sessionId);

        [LoggerMessage(EventIds.ModelDisposeFailed, LogLevel.Error, "The model of session {SessionId} failed to end")]
        public static partial void DisposeFailed(ILogger logger, string sessionId, Exception exception);
    }
}

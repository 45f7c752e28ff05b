using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// A session on its connection: starts the model, gives it what the client says, and is where it says what it has to say.
/// </summary>
internal sealed partial class HostedSession : ILiveModelOutput, IFrameOutput, IAsyncDisposable
{
    private readonly LiveConnection _connection;
    private readonly LiveWriter _writer;
    private readonly ResumptionTrack? _resumption;
    private readonly string _sessionId, _owner;
    private readonly bool _isLast;
    private readonly SessionMeter _meter;
    private SessionPlan? _plan;
    private bool _endedByModel;
    private MessageRouter? _router;
    private IFrameSession? _frames;

    private HostedSession(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        _meter = new SessionMeter(connection.Server, plan.Start.SessionId, plan.Owner, keyId: null, plan.Start.Setup.Model!, plan.Start.Relay is not null);
        (_connection, _writer, _plan) = (connection, writer, plan with { Start = plan.Start with { Meter = _meter } });
        (_resumption, _sessionId, _owner, _isLast, End) = (plan.Resumption, plan.Start.SessionId, plan.Owner, plan.IsLast, plan.End);
    }

    /// <summary>When the connection is over.</summary>
    internal DateTimeOffset End { get; }

    /// <exception cref="LiveCloseException">The owner has too many sessions.</exception>
    internal static HostedSession Create(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        if (!connection.Server.Registry.TryEnter(plan.Owner))
        {
            plan.Resumption?.End(forget: false);
            throw new LiveCloseException(LiveClose.QuotaExceeded);
        }
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
        if (plan.Start.ResumeFrom is not null)
            _connection.Server.Metrics.Resumed("resumed");
        if (model is IFrameSession frames)
        {
            _frames = frames;
            _writer.Open(model, new OutgoingItem(frames.Opening), frames.Opening.Type);
            frames.Open(this);
            return;
        }
        _router = new MessageRouter(model, _connection.Server.Options.Compatibility, _meter);
        _writer.Open(model, new OutgoingItem(new LiveSessionResponse { SetupComplete = new SetupComplete() }), plan.FrameType);
    }

    /// <summary>What the client says goes on as frames, by <see cref="ReceiveAsync"/>.</summary>
    internal bool IsRelayed => _frames is not null;

    /// <summary>Gives a frame to the model. Called by the reader only.</summary>
    internal ValueTask ReceiveAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type) => _frames!.ReceiveAsync(frame, type);

    /// <summary>Gives a message to the model. Called by the reader only.</summary>
    internal void Receive(ReadOnlySpan<byte> message) => _router!.Receive(message);

    void ILiveModelOutput.Send(LiveSessionResponse message)
    {
        _meter.Said(message);
        _writer.Send(message);
    }

    void ILiveModelOutput.SendMedia(in LiveMedia media)
    {
        _meter.Output();
        _writer.SendMedia(media);
    }

    void ILiveModelOutput.CancelMedia(int generation) => _writer.CancelMedia(generation);

    ValueTask ILiveModelOutput.WaitForRoomAsync(CancellationToken cancellationToken) => _writer.WaitForRoomAsync(cancellationToken);

    void ILiveModelOutput.Checkpoint(object? state)
    {
        if (_resumption?.Checkpoint(state, _router?.Received ?? 0) is { } update)
            _writer.Send(new LiveSessionResponse { SessionResumptionUpdate = update });
    }

    void ILiveModelOutput.Close(LiveClose close) => _connection.Close(close);

    bool IFrameOutput.WantsHandles => _resumption is not null;

    ValueTask IFrameOutput.SendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type) => _writer.SendFrameAsync(frame, type);

    void IFrameOutput.Send(LiveSessionResponse message) => _writer.Send(message);

    ValueTask<string?> IFrameOutput.CheckpointAsync(object state) => new(_resumption?.Checkpoint(state, consumed: 0)?.NewHandle);

    void IFrameOutput.Close(LiveClose close)
    {
        _endedByModel = true;
        _connection.Close(close);
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Server.Registry.Detach(_sessionId, _connection);
        _connection.Server.Registry.Leave(_owner);
        _resumption?.End(forget: _isLast && _connection.Server.Time.GetUtcNow() >= End);
        _meter.End(_writer.Closed?.Code ?? _connection.ClientCloseCode, _writer.Closed is null ? "client" : _endedByModel ? "upstream" : "server");
        if ((_frames ?? _router?.Model) is not { } model)
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

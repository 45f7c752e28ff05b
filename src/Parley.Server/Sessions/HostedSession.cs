using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// A session on its connection: starts the model, gives it what the client says, and is where it says what it has to say.
/// </summary>
internal sealed partial class HostedSession : ILiveModelOutput, IAsyncDisposable
{
    private readonly LiveConnection _connection;
    private readonly LiveWriter _writer;
    private readonly ResumptionTrack? _resumption;
    private readonly string _sessionId, _owner;
    private readonly bool _isLast;
    private SessionPlan? _plan;
    private MessageRouter? _router;

    private HostedSession(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        (_connection, _writer, _plan) = (connection, writer, plan);
        (_resumption, _sessionId, _owner, _isLast, End) = (plan.Resumption, plan.Start.SessionId, plan.Owner, plan.IsLast, plan.End);
    }

    /// <summary>When the connection is over.</summary>
    internal DateTimeOffset End { get; }

    /// <exception cref="LiveCloseException">The owner has too many sessions.</exception>
    internal static HostedSession Create(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        var session = new HostedSession(connection, writer, plan);
        if (!connection.Server.Registry.TryEnter(plan.Owner))
        {
            plan.Resumption?.End(forget: false);
            throw new LiveCloseException(LiveClose.QuotaExceeded);
        }
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
        _router = new MessageRouter(model, _connection.Server.Options.Compatibility);
        Log.Started(_connection.Server.Logger, _sessionId, _connection.Id, plan.Start.Setup.Model!, plan.Start.ResumeFrom is not null);
        _writer.Open(model, new LiveSessionResponse { SetupComplete = new SetupComplete() }, plan.FrameType);
    }

    /// <summary>Gives a message to the model. Called by the reader only.</summary>
    internal void Receive(ReadOnlySpan<byte> message) => _router!.Receive(message);

    void ILiveModelOutput.Send(LiveSessionResponse message) => _writer.Send(message);

    void ILiveModelOutput.SendMedia(in LiveMedia media) => _writer.SendMedia(media);

    void ILiveModelOutput.CancelMedia(int generation) => _writer.CancelMedia(generation);

    ValueTask ILiveModelOutput.WaitForRoomAsync(CancellationToken cancellationToken) => _writer.WaitForRoomAsync(cancellationToken);

    void ILiveModelOutput.Checkpoint(object? state)
    {
        if (_resumption?.Checkpoint(state, _router?.Received ?? 0) is { } update)
            _writer.Send(new LiveSessionResponse { SessionResumptionUpdate = update });
    }

    void ILiveModelOutput.Close(LiveClose close) => _connection.Close(close);

    public async ValueTask DisposeAsync()
    {
        _connection.Server.Registry.Detach(_sessionId, _connection);
        _connection.Server.Registry.Leave(_owner);
        _resumption?.End(forget: _isLast && _connection.Server.Time.GetUtcNow() >= End);
        if (_router is null)
            return;
        Log.Ended(_connection.Server.Logger, _sessionId, _connection.Id, _writer.Closed is { } close ? $"closed with {close.Code}" : "the client hung up");
        try
        {
            await _router.Model.DisposeAsync().ConfigureAwait(false);
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

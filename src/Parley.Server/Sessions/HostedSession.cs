using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Calls;
using Parley.Server.Events;
using Parley.Server.Nodes;
using Parley.Server.Telemetry;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// A session on its connection: starts the model, passes client messages to it, and takes its output.
/// </summary>
internal sealed partial class HostedSession : ILiveModelOutput, IMessageOutput, IAsyncDisposable
{
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(5);

    private readonly LiveConnection _connection;
    private readonly LiveWriter _writer;
    private readonly ResumptionTrack? _resumption;
    private readonly string _sessionId, _model;
    private readonly bool _isLast;
    private readonly Caller _caller;
    private readonly SessionLease _lease;
    private readonly NodePlace _place;
    private readonly SessionMeter _meter;
    private readonly MessageRules _rules;
    private readonly Lock _accounting = new();
    private SessionPlan? _plan;
    private MessageRouter? _router;
    private IMessageSession? _messages;
    private InputGate? _input;
    private long _accounted, _received, _lastReceived;
    private bool _isEnded, _endedByModel;

    private HostedSession(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        var start = plan.Start;
        var services = connection.Services;
        Events = services.Events.IsActive
            ? new SessionEvents(services.Events, new LiveSessionFacts(start.SessionId, connection.Id, services.Node.Name, start.Setup.Model!, plan.Model is IMessageModel, start.Caller!))
            : null;
        _meter = new SessionMeter(services.Metrics, services.UsageSinks, services.Time, services.Logger, start.SessionId, plan.Caller, start.Setup.Model!, plan.Model is IMessageModel, services.Prices.Find(start.Setup.Model!), CloseIfOverQuota, Events, start.Caller);
        _rules = new MessageRules(services.Options, plan.PinsContext, allowsUnknown: plan.Model is IMessageModel && !plan.IsLocked);
        (_connection, _writer, _plan) = (connection, writer, plan);
        (_resumption, _sessionId, _caller, _lease, _place, _isLast, Lifetime) = (plan.Resumption, plan.Start.SessionId, plan.Caller, plan.Lease, plan.Place, plan.IsLast, plan.Lifetime);
        (_model, IsResumed, Started) = (plan.Start.Setup.Model!, plan.Start.ResumeFrom is not null, connection.Services.Time.GetUtcNow());
        Planned = _accounted = connection.Services.Time.GetTimestamp();
        _resumption?.Superseded = connection.CloseSuperseded;
        Key = plan.Caller.Key;
    }

    /// <summary>When the connection ends, for display.</summary>
    internal DateTimeOffset End => Started + Lifetime;

    /// <summary>How long the connection lives, from the plan of the session on.</summary>
    internal TimeSpan Lifetime { get; }

    /// <summary>Timestamp of the plan.</summary>
    internal long Planned { get; }

    /// <summary>When the session started on this connection.</summary>
    internal DateTimeOffset Started { get; }

    /// <summary>Reports what happens; null if nobody observes it.</summary>
    internal SessionEvents? Events { get; }

    internal string SessionId => _sessionId;

    internal string ConnectionId => _connection.Id;

    internal string KeyId => _caller.KeyId;

    internal string Owner => _caller.Owner;

    internal Caller Caller => _caller;

    internal string Model => _model;

    /// <summary>The virtual key or the limits of the user, as last read; null if it is another key.</summary>
    internal VirtualKey? Key { get; set; }

    internal bool IsResumed { get; }

    internal bool IsOnToken => _caller.Token is not null;

    /// <summary>Client messages received so far.</summary>
    internal long Received => Volatile.Read(ref _received);

    /// <summary>What happens now: <c>speaking</c> (the model), <c>thinking</c>, <c>listening</c> (the client sends) or <c>idle</c>.</summary>
    internal string State => _meter.Phase
        ?? (Received > 0 && _connection.Services.Time.GetElapsedTime(Volatile.Read(ref _lastReceived)) < IdleAfter ? "listening" : "idle");

    /// <summary>Usage on this connection.</summary>
    internal SessionMeter.UsageTotal Usage => _meter.Total;

    internal static HostedSession Create(LiveConnection connection, LiveWriter writer, SessionPlan plan)
    {
        var session = new HostedSession(connection, writer, plan);
        // The old socket of a resumed session is usually dead without the server having noticed; it must not block the new one.
        if (connection.Services.Registry.Attach(plan.Start.SessionId, connection) is { } old)
        {
            Log.TakenOver(connection.Services.Logger, plan.Start.SessionId);
            old.Session?.Moves();
            old.Close(LiveClose.Aborted);
        }
        connection.Services.Watches.Started(plan.Start.SessionId, connection);
        return session;
    }

    /// <summary>Starts the model and sends <c>setupComplete</c>.</summary>
    /// <param name="whileStarting">Reads from the client while the model starts, and cancels the start if the client leaves.</param>
    internal async ValueTask StartAsync(Func<Task, CancellationTokenSource, Task> whileStarting)
    {
        var plan = _plan!;
        _plan = null;
        using var clientGone = new CancellationTokenSource();
        ILiveModelSession model;
        try
        {
            BeginRecording(plan);
            model = await StartModelAsync(plan, whileStarting, clientGone).ConfigureAwait(false);
        }
        catch (Exception) when (plan.TokenUse is not null)
        {
            // The token does not pay for a model that did not start, but for a client that left.
            if (!clientGone.IsCancellationRequested || _writer.QueuedClose == LiveClose.ShuttingDown)
                await plan.TokenUse.ReturnAsync().ConfigureAwait(false);
            throw;
        }
        Log.Started(_connection.Services.Logger, _sessionId, _connection.Id, LogText.Clean(plan.Start.Setup.Model), plan.Start.ResumeFrom is not null);
        _meter.Start();
        Events?.Started(IsResumed);
        if (IsResumed)
            _connection.Services.Metrics.Resumed("resumed");
        _connection.Recording = _recording;
        if (model is IMessageSession messages)
        {
            _messages = messages;
            _writer.Open(model, new OutgoingItem(messages.Opening), messages.Opening.Type, _recording?.Announcement);
            messages.Open(this);
            return;
        }
        _connection.Events = Events;
        _router = new MessageRouter(
            model, _connection.Services.Options.Compatibility, _rules,
            plan.Start.Setup.RealtimeInputConfig?.AutomaticActivityDetection?.Disabled is true, _meter, _connection.Dialect);
        _writer.Open(model, new OutgoingItem(new LiveSessionResponse { SetupComplete = new SetupComplete() }), plan.FrameType, _recording?.Announcement);
    }

    private async ValueTask<ILiveModelSession> StartModelAsync(SessionPlan plan, Func<Task, CancellationTokenSource, Task> whileStarting, CancellationTokenSource clientGone)
    {
        var starting = _connection.Services.Calls.HasHandlers(_connection.CallHandlers)
            ? StartCallAsync(plan, clientGone.Token)
            : plan.Model.StartAsync(plan.Start, this, clientGone.Token);
        if (starting.IsCompleted)
            return await starting.ConfigureAwait(false);
        var task = starting.AsTask();
        await whileStarting(task, clientGone).ConfigureAwait(false);
        var model = await task.ConfigureAwait(false);
        try
        {
            // Revoked while the model started: this session is not in the registry yet, where the operator's revocation would have ended it.
            var (refusal, _) = await _connection.Services.Callers.RecheckAsync(_caller, clientGone.Token).ConfigureAwait(false);
            return refusal is not null ? throw new LiveCloseException(refusal.Close) : model;
        }
        catch
        {
            await model.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The server takes part: it stands between the session and its model.
    private async ValueTask<ILiveModelSession> StartCallAsync(SessionPlan plan, CancellationToken cancellationToken)
    {
        var services = _connection.Services;
        var side = new CallSide(plan.Start, services.Calls, Events, Close);
        try
        {
            await services.Calls.PrepareAsync(side, _connection.CallHandlers, cancellationToken).ConfigureAwait(false);
            var setup = side.Prepare(plan.Start.Setup);
            _input = side.Input;
            var start = ReferenceEquals(setup, plan.Start.Setup) ? plan.Start : plan.Start with
            {
                Setup = setup,
                FirstMessage = plan.Start.FirstMessage is { } sent ? sent with { Payload = SetupEdit.Apply(sent.Payload.Span, plan.Start.Setup, setup) } : null,
            };
            var output = new CallOutput(side, this);
            var model = await plan.Model.StartAsync(start, output, cancellationToken).ConfigureAwait(false);
            return model is IMessageSession messages ? new CallMessageSession(side, messages, services.Options.Compatibility) : new CallSession(side, output, model);
        }
        catch
        {
            side.End();
            throw;
        }
    }

    /// <summary>Client messages are forwarded unparsed, by <see cref="ReceiveAsync"/>.</summary>
    internal bool IsRelayed => _messages is not null;

    /// <summary>Passes a message to a model that forwards it. Called by the reader only.</summary>
    internal ValueTask ReceiveAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, in ClientPeek peek)
    {
        _rules.Check(peek, message.Length);
        _rules.CheckForwarded(peek, message.Span);
        CountInput(message.Span, peek.Kind);
        if (Events is not null && peek.Kind is MessageKind.Tool or MessageKind.Text or MessageKind.Content)
            Report(message.Span);
        if (peek.AsksForAnswer)
            _meter.AnswerRequested();
        return _messages!.ReceiveAsync(new ClientMessage(message, type, peek));
    }

    // What cannot be read is for the upstream to refuse.
    private void Report(ReadOnlySpan<byte> message)
    {
        try
        {
            Events!.Received(LiveCodec.DecodeRequest(message, _connection.Services.Options.Compatibility));
        }
        catch (LiveProtocolException)
        {
        }
    }

    /// <summary>Passes a message to a model that takes it decoded. Called by the reader only.</summary>
    internal void Receive(ReadOnlySpan<byte> message, in ClientPeek peek)
    {
        CountInput(message, peek.Kind);
        _router!.Receive(message, peek);
    }

    /// <summary>Waits while too much of what the client sent waits for checks.</summary>
    internal ValueTask WaitForChecksAsync() => _input is null ? default : _input.WaitForRoomAsync();

    /// <summary>Tells the model what the user has heard; a forwarded session has nobody to tell.</summary>
    internal void ReportPlayed(TimeSpan position) => _router?.Model.MediaPlayed(Played(position));

    private void CountInput(ReadOnlySpan<byte> message, MessageKind kind)
    {
        Volatile.Write(ref _received, _received + 1);
        Volatile.Write(ref _lastReceived, _connection.Services.Time.GetTimestamp());
        if (_meter.MeasuresAudio && kind == MessageKind.Audio)
            _meter.AudioReceived(AudioLength.Of(message, AudioFormat.InputRateHz));
    }

    /// <summary>Sends the newest handle once more.</summary>
    internal void ResendHandle() => _resumption?.ResendHandle(Send);

    /// <summary>Closes the session on behalf of the operator.</summary>
    internal void Close(LiveClose close) => _connection.Close(close);

    /// <summary>Records the connected time since the last call.</summary>
    internal void RecordTime()
    {
        lock (_accounting)
        {
            if (_isEnded)
                return;
            var now = _connection.Services.Time.GetTimestamp();
            _connection.Services.Usage.AddTime(_caller.KeyId, _connection.Services.Time.GetElapsedTime(_accounted, now));
            _accounted = now;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Services.Registry.Detach(_sessionId, _connection);
        _lease.Dispose();
        lock (_accounting)
        {
            _isEnded = true;
            _connection.Services.Usage.AddTime(_caller.KeyId, _connection.Services.Time.GetElapsedTime(_accounted));
        }
        // The model need not wait for the store.
        var left = _place.DisposeAsync();
        var isOver = _isLast && _connection.Services.Time.GetElapsedTime(Planned) >= Lifetime;
        var mayResume = _resumption is { HasState: true } && !isOver;
        var ended = _resumption?.EndAsync(forget: isOver) ?? Task.CompletedTask;
        if (_connection.Watch is { } watch)
            _connection.Services.Watches.Left(watch, _connection, _writer.QueuedClose ?? new LiveClose(_connection.ClientCloseCode, ""), mayContinue: _resumption is not null);
        _meter.End(_writer.QueuedClose?.Code ?? _connection.ClientCloseCode, _writer.QueuedClose is null ? "client" : _endedByModel ? "upstream" : "server");
        var close = _writer.QueuedClose;
        var total = _meter.Total;
        Events?.Ended(
            close?.Code ?? _connection.ClientCloseCode, close?.Reason ?? "", close is null ? "client" : _endedByModel ? "upstream" : "server", mayResume, total.PromptTokens,
            total.ResponseTokens, total.Cost);
        EndRecording(mayResume);
        if ((_messages ?? _router?.Model) is { } model)
            await EndModelAsync(model).ConfigureAwait(false);
        await ended.ConfigureAwait(false);
        await left.ConfigureAwait(false);
    }

    private async ValueTask EndModelAsync(IAsyncDisposable model)
    {
        Log.Ended(_connection.Services.Logger, _sessionId, _connection.Id, _writer.QueuedClose is { } close ? $"closed with {close.Code}" : "the client left");
        try
        {
            await model.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.DisposeFailed(_connection.Services.Logger, _sessionId, e);
        }
    }

    /// <summary>The session goes on on another connection.</summary>
    internal void Moves() => Events?.Moves();

    /// <summary>Closes the session if its key has no minutes or tokens left today.</summary>
    internal void CloseIfOverQuota()
    {
        if (Key is not { } key || !_connection.Services.Usage.IsOverQuota(key))
            return;
        if (_writer.QueuedClose is null)
            Events?.LimitReached("quota");
        Close(LiveClose.QuotaExceeded);
    }

    private void Send(SessionResumptionUpdate update) => _writer.Send(new LiveSessionResponse { SessionResumptionUpdate = update });

    private static partial class Log
    {
        [LoggerMessage(EventIds.SessionStarted, LogLevel.Information, "Session {SessionId} started on connection {ConnectionId}: {Model}, resumed: {Resumed}")]
        public static partial void Started(ILogger logger, string sessionId, string connectionId, string model, bool resumed);

        [LoggerMessage(EventIds.SessionEnded, LogLevel.Information, "Session {SessionId} left connection {ConnectionId}: {How}")]
        public static partial void Ended(ILogger logger, string sessionId, string connectionId, string how);

        [LoggerMessage(EventIds.SessionTakenOver, LogLevel.Information, "Session {SessionId} resumed while its old connection was open; closing the old one")]
        public static partial void TakenOver(ILogger logger, string sessionId);

        [LoggerMessage(EventIds.ModelDisposeFailed, LogLevel.Error, "Model of session {SessionId} failed to dispose")]
        public static partial void DisposeFailed(ILogger logger, string sessionId, Exception exception);
    }
}

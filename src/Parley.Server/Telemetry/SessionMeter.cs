using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Events;
using Parley.Server.Wire;

namespace Parley.Server.Telemetry;

/// <summary>
/// Records the telemetry of one session on its connection: its span, a span for each turn and each call, the time to the first output, and usage. The
/// session reports to it from both directions.
/// </summary>
internal sealed partial class SessionMeter : ISessionMeter
{
    private const int MaxAttributeLength = 128;

    private readonly Lock _gate = new();
    private readonly LiveMetrics _metrics;
    private readonly IUsageSink[] _sinks;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _sessionId, _model, _modelLabel;
    private readonly Caller _caller;
    private readonly LiveCaller? _described;
    private readonly bool _isRelayed;
    private readonly Action? _used;
    private readonly ModelPrice? _price;
    private readonly SessionEvents? _events, _relayedEvents;
    private UsageTotal _total = new(0, 0, null);
    private long _receivedTicks, _sentTicks;
    private Activity? _session;
    private Dictionary<string, Activity>? _calls;
    private Activity? _turn;
    private long _started, _recorded, _requestedAt, _turnStarted;
    private bool _inTurn, _isAnswerPending, _ended = true;

    /// <param name="metrics">The instruments.</param>
    /// <param name="sinks">Receive the usage.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs failing sinks.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="caller">Who opened it.</param>
    /// <param name="model">Its model.</param>
    /// <param name="isRelayed">Whether the model forwards messages.</param>
    /// <param name="price">What it costs; null if it has no price.</param>
    /// <param name="used">Called after usage was recorded.</param>
    /// <param name="events">Reports what happens; null = nobody observes it.</param>
    /// <param name="described">The caller, for the sinks.</param>
    internal SessionMeter(
        LiveMetrics metrics, IUsageSink[] sinks, TimeProvider time, ILogger logger, string sessionId, Caller caller, string model, bool isRelayed, ModelPrice? price = null, Action? used = null, SessionEvents? events = null, LiveCaller? described = null)
    {
        (_metrics, _sinks, _time, _logger, _price, _used, _described) = (metrics, sinks, time, logger, price, used, described);
        (_sessionId, _caller, _model, _isRelayed) = (sessionId, caller, model, isRelayed);
        // A local session reports its messages when they are sent.
        (_events, _relayedEvents) = (events, isRelayed ? events : null);
        // Clients choose names freely within a pattern; each one would create a time series.
        _modelLabel = ModelName.Id(model) is { } id && ModelProfiles.Public.ContainsKey(id) ? model : "other";
    }

    /// <summary>Whether audio must be reported, because minutes of it have a price.</summary>
    internal bool MeasuresAudio => _price is { HasMinutes: true };

    /// <summary>Whether the model speaks or thinks; null if it does neither.</summary>
    internal string? Phase => Volatile.Read(ref _inTurn) ? "speaking" : Volatile.Read(ref _isAnswerPending) ? "thinking" : null;

    /// <summary>The sum of what was recorded.</summary>
    internal UsageTotal Total => Volatile.Read(ref _total);

    internal void AudioReceived(TimeSpan duration) => Interlocked.Add(ref _receivedTicks, duration.Ticks);

    internal void AudioSent(TimeSpan duration) => Interlocked.Add(ref _sentTicks, duration.Ticks);

    /// <summary>Starts recording. A session that never started is counted as a refusal.</summary>
    internal void Start()
    {
        _started = _recorded = _time.GetTimestamp();
        _metrics.SessionStarted(_isRelayed);
        _session = StartSession();
        Describe(_session);
        _ended = false;
    }

    /// <summary>The client sent something that asks for an answer.</summary>
    internal void AnswerRequested()
    {
        lock (_gate)
            (_isAnswerPending, _requestedAt) = (true, _time.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Output()
    {
        _relayedEvents?.Output();
        // Read without the lock: usually the turn is running already, and this is called for every audio message.
        if (Volatile.Read(ref _inTurn))
            return;
        lock (_gate)
        {
            if (_inTurn || _ended)
                return;
            _turnStarted = _time.GetTimestamp();
            if (_isAnswerPending)
                _metrics.FirstOutput(_isRelayed, _time.GetElapsedTime(_requestedAt, _turnStarted));
            _isAnswerPending = false;
            _turn = StartChild(TelemetryNames.TurnSpan + " " + ModelName.Id(_modelLabel), ActivityKind.Internal);
            _turn?.SetTag(TelemetryNames.Operation, TelemetryNames.TurnSpan);
            Volatile.Write(ref _inTurn, true);
        }
    }

    public void TurnEnded(string outcome)
    {
        _relayedEvents?.TurnEnded(outcome);
        lock (_gate)
        {
            if (!_inTurn)
                return;
            _metrics.TurnEnded(_isRelayed, outcome, _time.GetElapsedTime(_turnStarted));
            _turn?.SetTag(TelemetryNames.Outcome, outcome);
            _turn?.Dispose();
            _turn = null;
            Volatile.Write(ref _inTurn, false);
        }
    }

    public void Called(string id, string name)
    {
        lock (_gate)
        {
            if (_ended || StartChild($"{TelemetryNames.ToolSpan} {Cut(name)}", ActivityKind.Internal) is not { } call)
                return;
            call.SetTag(TelemetryNames.Operation, TelemetryNames.ToolSpan).SetTag(TelemetryNames.ToolName, Cut(name)).SetTag(TelemetryNames.ToolCallId, Cut(id));
            (_calls ??= new(StringComparer.Ordinal))[id] = call;
        }
    }

    public void CallEnded(string id, string outcome)
    {
        _relayedEvents?.CallEnded(id, outcome, response: null);
        lock (_gate)
        {
            if (_calls?.Remove(id, out var call) is not true)
                return;
            call.SetTag(TelemetryNames.Outcome, outcome);
            call.Dispose();
        }
    }

    public void Used(UsageMetadata usage)
    {
        lock (_gate)
            _turn?.SetTag(TelemetryNames.InputTokens, usage.PromptTokenCount).SetTag(TelemetryNames.OutputTokens, usage.ResponseTokenCount ?? usage.CandidatesTokenCount);
        _metrics.Used(usage, _isRelayed, _modelLabel);
        Record(usage, isLast: false);
        _used?.Invoke();
    }

    public bool WantsContent => _relayedEvents is not null;

    public void Content(LiveSessionResponse message) => _relayedEvents?.Sending(message);

    /// <summary>Records a message of a local model.</summary>
    internal void ModelMessage(LiveSessionResponse message)
    {
        if (message.ServerContent is { } content)
        {
            if (content.ModelTurn is not null || content.OutputTranscription is not null)
                Output();
            if (content.Interrupted is true)
                TurnEnded("interrupted");
        }
        foreach (var call in message.ToolCall?.FunctionCalls ?? [])
            Called(call.Id ?? "", call.Name ?? "");
        foreach (var id in message.ToolCallCancellation?.Ids ?? [])
            CallEnded(id, "cancelled");
        if (message.UsageMetadata is { } usage)
            Used(usage);
        if (message.ServerContent?.TurnComplete is true)
            TurnEnded("completed");
    }

    /// <summary>Records a client message to a local model.</summary>
    internal void ClientMessage(LiveSessionRequest message)
    {
        _events?.Received(message);
        foreach (var response in message.ToolResponse?.FunctionResponses ?? [])
        {
            if (response is { Id: { } id, WillContinue: not true })
                CallEnded(id, "answered");
        }
        if (message.ClientContent is not null || message.ToolResponse is not null || message.RealtimeInput is { Text: not null } or { ActivityEnd: not null })
            AnswerRequested();
    }

    /// <summary>Ends recording: the session leaves its connection.</summary>
    internal void End(int code, string cause)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }
        TurnEnded("session_closed");
        lock (_gate)
        {
            foreach (var call in _calls?.Values ?? Enumerable.Empty<Activity>())
                call.Dispose();
            _calls = null;
        }
        Record(new UsageMetadata(), isLast: true);
        _metrics.SessionEnded(_isRelayed, _time.GetElapsedTime(_started), code, cause);
        if (_total.Cost is { } total)
            _session?.SetTag(TelemetryNames.Cost, (double)total);
        _session?.SetTag(TelemetryNames.CloseCode, CloseCodes.Bounded(code)).SetTag(TelemetryNames.Cause, cause);
        _session?.Dispose();
    }

    private void Record(UsageMetadata usage, bool isLast)
    {
        var now = _time.GetTimestamp();
        var before = Interlocked.Exchange(ref _recorded, now);
        // The only place where a cost is calculated: usage, metrics and traces get this one.
        var cost = _price?.CostOf(usage, TimeSpan.FromTicks(Interlocked.Exchange(ref _receivedTicks, 0)), TimeSpan.FromTicks(Interlocked.Exchange(ref _sentTicks, 0)));
        lock (_gate)
            _total = _total.Plus(usage.PromptTokenCount ?? 0, usage.ResponseTokens, cost);
        if (!isLast || cost is > 0)
            _events?.Used(usage, cost, _metrics.Currency);
        if (cost is > 0)
            _metrics.Costs(cost.Value, _isRelayed, _modelLabel);
        var record = new UsageRecord(_sessionId, _caller.Owner, _caller.KeyId, _model, usage)
        {
            IsRelayed = _isRelayed,
            Connected = _time.GetElapsedTime(before, now),
            IsLast = isLast,
            Cost = cost,
            Caller = _described,
        };
        foreach (var sink in _sinks)
        {
            try
            {
                sink.Record(record);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.SinkFailed(_logger, sink.GetType().Name, e);
            }
        }
    }

    // The activity of the request is the parent only if it is recorded: samplers drop all children of an unrecorded parent.
    private static Activity? StartSession()
    {
        var current = Activity.Current;
        var parent = default(ActivityContext);
        if (current is { Recorded: true })
            parent = current.Context;
        else if (current?.ParentId is { } remote)
            _ = ActivityContext.TryParse(remote, current.TraceStateString, isRemote: true, out parent);
        Activity.Current = null;
        var session = LiveTelemetry.Source.StartActivity(TelemetryNames.SessionSpan, ActivityKind.Server, parent);
        // Child spans name it as their parent explicitly; unrelated work on these threads must not become part of it.
        Activity.Current = current;
        return session;
    }

    private Activity? StartChild(string name, ActivityKind kind)
    {
        if (_session is null)
            return null;
        var current = Activity.Current;
        var child = LiveTelemetry.Source.StartActivity(name, kind, _session.Context);
        Activity.Current = current;
        Describe(child);
        return child;
    }

    // Others choose these texts, of any length. They are never labels of a metric.
    private static string Cut(string text) => text.Length <= MaxAttributeLength ? text : text[..MaxAttributeLength];

    private void Describe(Activity? activity) => activity?
        .SetTag(TelemetryNames.Provider, _isRelayed ? "gcp.gemini" : "parley")
        .SetTag(TelemetryNames.Model, Cut(_model))
        .SetTag(TelemetryNames.Conversation, _sessionId)
        .SetTag(TelemetryNames.Backend, _isRelayed ? "relay" : "local");

    /// <summary>Usage of a session on its connection.</summary>
    internal sealed record UsageTotal(long PromptTokens, long ResponseTokens, decimal? Cost)
    {
        internal UsageTotal Plus(long prompt, long response, decimal? cost) => new(PromptTokens + prompt, ResponseTokens + response, Cost is null ? cost : Cost + (cost ?? 0));
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.UsageSinkFailed, LogLevel.Error, "Usage sink {Sink} failed; one record lost")]
        public static partial void SinkFailed(ILogger logger, string sink, Exception exception);
    }
}

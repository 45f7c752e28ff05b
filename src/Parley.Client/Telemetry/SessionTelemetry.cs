using System.Diagnostics;
using System.Text;
using Parley.Protocol;

namespace Parley.Client.Telemetry;

/// <summary>
/// Measures one session for <see cref="LiveTelemetry"/>: a span per turn of the model, from its first output to its end, and metrics. The
/// session itself has no span, because it is long and mostly idle. Updates come from the pump, requests from any thread.
/// </summary>
internal sealed class SessionTelemetry
{
    private readonly TimeProvider _time;
    private readonly bool _captureContent;
    private readonly TagList _tags;
    private readonly string _spanName;
    private readonly ActivityContext _parent;
    private readonly long _opened;
    private readonly StringBuilder _inputText = new(), _outputText = new();
    private Activity? _turn;
    private string? _sessionId;
    private long _asked, _interrupting, _speechEnded, _turnStarted;
    private bool _answering, _spoke, _interrupted;

    internal SessionTelemetry(string? model, LiveClientOptions options)
    {
        var name = model?[(model.LastIndexOf('/') + 1)..];
        _time = options.TimeProvider;
        _captureContent = options.CaptureContent;
        _tags = new TagList { { GenAI.OperationName, GenAI.RealtimeInference }, { GenAI.ProviderName, GenAI.Provider } };
        if (!string.IsNullOrEmpty(name))
            _tags.Add(GenAI.RequestModel, name);
        _tags.Add(GenAI.ServerAddress, options.BaseAddress.Host);
        _tags.Add(GenAI.ServerPort, options.BaseAddress.Port);
        _spanName = $"{GenAI.RealtimeInference} {name}".TrimEnd();
        _parent = Activity.Current?.Context ?? default;
        _opened = _time.GetTimestamp();
        LiveTelemetry.Sessions.Add(1, _tags);
    }

    /// <summary>Id for traces: the server's, which is rare, or a random one.</summary>
    private string SessionId => _sessionId ??= Guid.NewGuid().ToString("N");

    /// <summary>Records a request that starts or interrupts an answer.</summary>
    internal void Sent(LiveSessionRequest request)
    {
        if (!LiveTelemetry.IsObserved)
            return;
        var now = _time.GetTimestamp();
        if (request is { RealtimeInput: { Text: not null } or { ActivityEnd: not null } or { AudioStreamEnd: true } }
            or { ClientContent.TurnComplete: true } or { ToolResponse: not null })
        {
            Volatile.Write(ref _asked, now);
        }

        if (Volatile.Read(ref _answering) && request is { RealtimeInput.ActivityStart: not null } or { ClientContent: not null })
            Volatile.Write(ref _interrupting, now);
    }

    internal void Note(LiveUpdate update)
    {
        // Most updates are audio, and only the first of a turn matters here.
        if (update is AudioUpdate && _spoke)
            return;
        if (update is SetupCompleteUpdate { SessionId: { } id })
            _sessionId = id;
        if (!LiveTelemetry.IsObserved)
        {
            if (_answering)
                Forget();
            return;
        }
        switch (update)
        {
            case VoiceActivityUpdate { Type: var type } when type == VoiceActivityType.ActivityEnd:
                _speechEnded = _time.GetTimestamp();
                Volatile.Write(ref _asked, _speechEnded);
                break;
            case AudioUpdate:
                Begin();
                _spoke = true;
                if (SinceAsked() is { } untilAudio)
                    LiveTelemetry.FirstAudio.Record(untilAudio.TotalSeconds, _tags);
                break;
            case TextUpdate or ThoughtUpdate or ToolCallUpdate or CodeUpdate or PartUpdate or MediaUpdate:
                Begin();
                Keep(_outputText, (update as TextUpdate)?.Text);
                break;
            case OutputTranscriptUpdate transcript:
                Begin();
                Keep(_outputText, transcript.Text);
                break;
            case InputTranscriptUpdate transcript:
                Keep(_inputText, transcript.Text);
                break;
            case InterruptedUpdate:
                _interrupted = true;
                if (Interlocked.Exchange(ref _interrupting, 0) is > 0 and var since)
                    LiveTelemetry.InterruptToSilence.Record(_time.GetElapsedTime(since).TotalSeconds, _tags);
                break;
            case TurnCompleteUpdate turn:
                End(turn.Usage, _interrupted ? "interrupted" : turn.Reason?.Value.ToLowerInvariant() ?? "stop", error: null);
                break;
        }
    }

    internal void Ended(SessionEnd end)
    {
        var error = end.IsNormal ? null : end.Cause.ToString();
        if (_answering)
            End(usage: null, "session_closed", error);
        LiveTelemetry.Sessions.Add(-1, _tags);
        if (LiveTelemetry.SessionDuration.Enabled)
            LiveTelemetry.SessionDuration.Record(_time.GetElapsedTime(_opened).TotalSeconds, [.. _tags, new("parley.end.cause", end.Cause.ToString())]);
    }

    /// <summary>The session continues on another connection; the current answer is cut.</summary>
    internal void Reconnected(bool isResumed, TimeSpan took)
    {
        if (_answering)
            End(usage: null, "connection_lost", error: null);
        if (LiveTelemetry.ReconnectDuration.Enabled)
            LiveTelemetry.ReconnectDuration.Record(took.TotalSeconds, [.. _tags, new("parley.reconnect.resumed", isResumed)]);
    }

    /// <summary>Counts audio of the user that was dropped.</summary>
    internal void Dropped(TimeSpan audio)
    {
        if (audio > TimeSpan.Zero)
            LiveTelemetry.DroppedAudio.Add(audio.TotalSeconds, _tags);
    }

    /// <summary>Starts the span of a function, the parent of the function's own spans; null without a listener.</summary>
    internal Activity? StartTool(FunctionCall call)
    {
        if (!LiveTelemetry.Source.HasListeners())
            return null;
        var parent = Volatile.Read(ref _turn)?.Context ?? _parent;
        var activity = LiveTelemetry.Source.StartActivity($"{GenAI.ExecuteTool} {call.Name}", ActivityKind.Internal, parent);
        activity?.SetTag(GenAI.OperationName, GenAI.ExecuteTool).SetTag(GenAI.ToolName, call.Name).SetTag(GenAI.ToolCallId, call.Id)
            .SetTag(GenAI.ToolType, "function");
        if (_captureContent)
            activity?.SetTag(GenAI.ToolCallArguments, call.Args?.GetRawText());
        return activity;
    }

    private TimeSpan? SinceAsked() => Volatile.Read(ref _asked) is > 0 and var asked ? _time.GetElapsedTime(asked) : null;

    private void Begin()
    {
        if (_answering)
            return;
        Volatile.Write(ref _answering, true);
        // The model began at the end of speech that the server reported, if it did.
        _turnStarted = _speechEnded > 0 ? _speechEnded : _time.GetTimestamp();
        _speechEnded = 0;
        var untilFirst = SinceAsked();
        if (untilFirst is { } seconds)
            LiveTelemetry.TimeToFirstChunk.Record(seconds.TotalSeconds, _tags);
        // The span must not become the current one: the pump continues with other turns.
        var current = Activity.Current;
        var turn = LiveTelemetry.Source.StartActivity(
            _spanName, ActivityKind.Client, _parent, _tags, startTime: _time.GetUtcNow() - _time.GetElapsedTime(_turnStarted));
        Activity.Current = current;
        turn?.SetTag(GenAI.LiveSessionId, SessionId).SetTag(GenAI.FirstChunkSeconds, untilFirst?.TotalSeconds);
        Volatile.Write(ref _turn, turn);
    }

    private void End(UsageMetadata? usage, string finish, string? error)
    {
        Count(usage?.PromptTokenCount, "input");
        Count(usage is null ? null : usage.ResponseTokens + (usage.ThoughtsTokenCount ?? 0), "output");
        // A turn without content is not an operation.
        if (_answering)
        {
            TagList tags = error is null ? _tags : [.. _tags, new(GenAI.ErrorType, error)];
            LiveTelemetry.OperationDuration.Record(_time.GetElapsedTime(_turnStarted).TotalSeconds, tags);
        }
        if (_turn is { } turn)
            Finish(turn, usage, finish, error);
        Forget();
    }

    private void Finish(Activity turn, UsageMetadata? usage, string finish, string? error)
    {
        turn.SetTag(GenAI.OutputType, _spoke ? "speech" : "text").SetTag(GenAI.FinishReasons, (string[])[finish]);
        if (error is not null)
            turn.SetTag(GenAI.ErrorType, error).SetStatus(ActivityStatusCode.Error);
        if (usage is not null)
            UsageTags.Set(turn, usage);
        if (_inputText.Length > 0)
            turn.SetTag(GenAI.InputMessages, UsageTags.Message("user", _inputText.ToString()));
        if (_outputText.Length > 0)
            turn.SetTag(GenAI.OutputMessages, UsageTags.Message("assistant", _outputText.ToString()));
        turn.SetEndTime(_time.GetUtcNow().UtcDateTime);
        var current = Activity.Current;
        turn.Stop();
        Activity.Current = current;
    }

    private void Forget()
    {
        Volatile.Write(ref _turn, null);
        Volatile.Write(ref _answering, false);
        (_spoke, _interrupted) = (false, false);
        Volatile.Write(ref _asked, 0);
        _inputText.Clear();
        _outputText.Clear();
    }

    private void Keep(StringBuilder text, string? piece)
    {
        if (_captureContent)
            text.Append(piece);
    }

    private void Count(int? tokens, string type)
    {
        if (tokens is { } count && LiveTelemetry.TokenUsage.Enabled)
            LiveTelemetry.TokenUsage.Record(count, [.. _tags, new(GenAI.TokenType, type)]);
    }
}

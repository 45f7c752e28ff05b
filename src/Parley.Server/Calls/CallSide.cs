using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Events;

namespace Parley.Server.Calls;

/// <summary>
/// The server's side of a call. It stands between a session and its model, and sees the messages of both:
/// <code>
/// client ──&gt; FromClient ──&gt; model        forged answers removed, additions kept in a changed context
///            injections ──&gt;              one at a time, at once or when the model is idle
/// client &lt;── FromModel &lt;── model         calls of the server's functions removed and run, a stopped answer left out
/// </code>
/// A message that it need not change is the same object, which is forwarded as it was sent.
/// </summary>
#pragma warning disable CA1001 // Its source holds no timer, and what still runs may look at its token.
internal sealed partial class CallSide
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CallServices _services;
    private readonly SessionEvents? _events;
    private readonly Action<LiveClose> _close;
    private readonly Dictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _own = new(StringComparer.Ordinal), _clients = new(StringComparer.Ordinal);
    private readonly Queue<(LiveSessionRequest Message, TaskCompletionSource<bool> Sent)> _waiting = new();
    private IReadOnlyList<Tool> _clientTools;
    private Func<LiveSessionRequest, ValueTask>? _send;
    private Action? _interrupt;
    private Action<LiveSessionResponse>? _show;
    private bool _inTurn, _isAnswerPending, _isCut, _isFlushing, _isOver;

    internal CallSide(LiveModelStart start, CallServices services, SessionEvents? events, Action<LiveClose> close)
    {
        (Start, _services, _events, _close) = (start, services, events, close);
        Ended = _ended.Token;
        Texts = new CallTexts(services.Options, services.Logger, Ended);
        _clientTools = start.Setup.Tools ?? [];
        Call = new LiveCall(this);
        Checks = new CallChecks(Call, services, events);
    }

    internal LiveModelStart Start { get; }

    internal LiveCall Call { get; }

    internal CallAdditions Additions { get; } = new();

    internal CallTexts Texts { get; }

    internal CancellationToken Ended { get; }

    /// <summary>An answer is being left out.</summary>
    internal bool IsCut => Volatile.Read(ref _isCut);

    /// <summary>The session runs.</summary>
    /// <param name="send">Passes a message to the model.</param>
    /// <param name="interrupt">Tells the client that the answer was interrupted.</param>
    /// <param name="show">Sends a message of the server to the client.</param>
    internal void Attach(Func<LiveSessionRequest, ValueTask> send, Action interrupt, Action<LiveSessionResponse> show)
    {
        lock (_gate)
            (_send, _interrupt, _show) = (send, interrupt, show);
        _attached.TrySetResult();
        _services.Started(this);
        Flush();
    }

    internal void Close(LiveClose close) => _close(close);

    /// <summary>The session has left its connection: nothing more is sent, and functions are cancelled.</summary>
    internal void End()
    {
        List<TaskCompletionSource<bool>> unsent;
        lock (_gate)
        {
            _isOver = true;
            unsent = [.. _waiting.Select(static waiting => waiting.Sent)];
            _waiting.Clear();
        }
        _attached.TrySetResult();
        _services.Ended(this);
        unsent.ForEach(static sent => sent.TrySetResult(false));
        Texts.End();
        // Not on this thread: the callbacks are those of functions.
        _ = _ended.CancelAsync();
    }

    internal bool Cut()
    {
        Action? interrupt;
        lock (_gate)
        {
            if (!_inTurn || _isCut || _isOver)
                return false;
            Volatile.Write(ref _isCut, true);
            interrupt = _interrupt;
        }
        interrupt?.Invoke();
        return true;
    }

    internal ValueTask<bool> InjectAsync(LiveSessionRequest message, bool now)
    {
        if (message.ContextUpdate is { } update)
            message = message with { ContextUpdate = Additions.ApplyTo(update) };
        TaskCompletionSource<bool> sent;
        lock (_gate)
        {
            if (_isOver)
                return new(false);
            if (now && _send is not null)
                return new(SendNowAsync(message));
            sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((message, sent));
        }
        Flush();
        return new(sent.Task);
    }

    /// <summary>Output of the model that is not decoded: a message with audio only.</summary>
    /// <returns>Whether it is forwarded.</returns>
    internal bool Output()
    {
        if (Volatile.Read(ref _inTurn))
            return !IsCut;
        lock (_gate)
        {
            _isAnswerPending = false;
            Volatile.Write(ref _inTurn, true);
            return !_isCut;
        }
    }

    /// <summary>Takes a message of the model.</summary>
    /// <returns>What the client gets: the same object if nothing was changed, null for nothing.</returns>
    internal LiveSessionResponse? FromModel(LiveSessionResponse message)
    {
        var result = message;
        if (message.ServerContent is { } content)
        {
            Read(content);
            if ((content.ModelTurn is not null || content.OutputTranscription is not null) && !Output())
                result = result with { ServerContent = WithoutOutput(content) };
        }
        if (message.ToolCall?.FunctionCalls is { Count: > 0 } refused && RefusesCalls(refused))
            result = result with { ToolCall = null };
        else if (message.ToolCall?.FunctionCalls is { Count: > 0 } calls && TakeCalls(calls) is { } left && left.Count < calls.Count)
            result = result with { ToolCall = left.Count == 0 ? null : message.ToolCall with { FunctionCalls = left } };
        if (message.ToolCallCancellation?.Ids is { Count: > 0 } ids && Cancel(ids) is { } others && others.Count < ids.Count)
            result = result with { ToolCallCancellation = others.Count == 0 ? null : message.ToolCallCancellation with { Ids = others } };
        if (message.ServerContent is { TurnComplete: true } or { Interrupted: true })
            TurnEnded(message.ServerContent);
        return ReferenceEquals(result, message) || !IsEmpty(result) ? result : null;
    }

    /// <summary>Takes a message of the client.</summary>
    /// <returns>What the model gets: the same object if nothing was changed, null for nothing.</returns>
    internal LiveSessionRequest? FromClient(LiveSessionRequest message)
    {
        Read(message);
        if (message.ContextUpdate?.Tools is { } changed)
            Volatile.Write(ref _clientTools, changed.Tools ?? []);
        if (message.ContextUpdate is { } update)
            return message with { ContextUpdate = Additions.ApplyTo(update) };
        if (message.ToolResponse?.FunctionResponses is not { Count: > 0 } responses)
            return message;
        List<FunctionResponse> own;
        lock (_gate)
        {
            // The client never saw these calls: their ids are guessed.
            own = [.. responses.Where(response => response.Id is { } id && _own.Contains(id))];
            foreach (var response in responses)
            {
                if (response is { Id: { } id, WillContinue: not true } && _clients.Remove(id))
                    _isAnswerPending = true;
            }
        }
        if (own.Count == 0)
            return message;
        Log.Forged(_services.Logger, Start.SessionId, own.Count);
        return own.Count == responses.Count ? null : message with { ToolResponse = message.ToolResponse with { FunctionResponses = [.. responses.Except(own)] } };
    }

    private void Read(ServerContent content)
    {
        if (!Texts.IsWanted)
            return;
        Texts.Say(Call, isUser: true, content.InputTranscription?.Text, isSpoken: true);
        if (IsCut)
            return;
        Texts.Say(Call, isUser: false, content.OutputTranscription?.Text, isSpoken: true);
        foreach (var part in content.ModelTurn?.Parts ?? [])
        {
            if (part.Thought is not true)
                Texts.Say(Call, isUser: false, part.Text, isSpoken: false);
        }
    }

    private void Read(LiveSessionRequest message)
    {
        if (!Texts.IsWanted)
            return;
        Texts.Say(Call, isUser: true, message.RealtimeInput?.Text, isSpoken: false);
        foreach (var turn in message.ClientContent?.Turns ?? [])
        {
            if (turn.Role is null or "user")
                Texts.Say(Call, isUser: true, string.Concat((turn.Parts ?? []).Select(static part => part.Text)), isSpoken: false);
        }
    }

    private void TurnEnded(ServerContent content)
    {
        lock (_gate)
        {
            Volatile.Write(ref _inTurn, false);
            Volatile.Write(ref _isCut, !SuppressionEnds(content));
            _isAnswerPending = _isTypedPending = false;
        }
        Checks.TurnEnded();
        Texts.TurnEnded();
        Flush();
    }

    private static ServerContent? WithoutOutput(ServerContent content)
    {
        var rest = content with { ModelTurn = null, OutputTranscription = null, GroundingMetadata = null };
        return rest == new ServerContent() ? null : rest;
    }

    private static bool IsEmpty(LiveSessionResponse message) => message == new LiveSessionResponse();

    private static partial class Log
    {
        [LoggerMessage(EventIds.CallForged, LogLevel.Warning, "Client of session {SessionId} answered {Count} calls of functions that the server runs; removed")]
        public static partial void Forged(ILogger logger, string sessionId, int count);

        [LoggerMessage(EventIds.CallToolFailed, LogLevel.Warning, "Function {Tool} of session {SessionId} failed; the model gets an error")]
        public static partial void ToolFailed(ILogger logger, string tool, string sessionId, Exception exception);

        [LoggerMessage(EventIds.CallSendFailed, LogLevel.Error, "A message of the server failed in session {SessionId}; closing with 1011")]
        public static partial void SendFailed(ILogger logger, string sessionId, Exception exception);

        [LoggerMessage(EventIds.CheckHandlingFailed, LogLevel.Error, "A checked message failed in session {SessionId}; closing with 1011")]
        public static partial void CheckHandlingFailed(ILogger logger, string sessionId, Exception exception);

        [LoggerMessage(EventIds.CheckUnreadable, LogLevel.Warning, "Unreadable message of the model not passed on, because it cannot be checked: session {SessionId}")]
        public static partial void NotPassed(ILogger logger, string sessionId);

        [LoggerMessage(EventIds.CallNotSent, LogLevel.Warning, "A message of the server was not sent: session {SessionId} ({Error})")]
        public static partial void NotSent(ILogger logger, string sessionId, string error);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server.Events;

/// <summary>
/// Turns what happens in one session, on one connection, into events. A local session reports the messages that its client gets, a relayed one what its relay
/// reads of them. Safe for use by many threads.
/// </summary>
/// <param name="dispatcher">Takes the events.</param>
/// <param name="session">The session.</param>
internal sealed class SessionEvents(EventDispatcher dispatcher, LiveSessionFacts session)
{
    /// <summary>More calls than any model has open; further ones have no events.</summary>
    private const int MaxCalls = 256;

    private readonly Lock _gate = new();
    private readonly Spoken _user = new("user"), _model = new("model");
    private Dictionary<string, (string Name, long Started)>? _calls;
    private long _sequence, _started, _turnStarted;
    private int _turn;
    private bool _inTurn, _ended, _isMoved;

    /// <summary>What the user types is reported by <see cref="Typed"/> when its checks have passed.</summary>
    internal bool ChecksTyped { get; set; }

    private int MaxText => dispatcher.Options.MaxTextLength;

    internal void Started(bool isResumed)
    {
        lock (_gate)
        {
            _started = dispatcher.Time.GetTimestamp();
            if (isResumed)
                Send(new LiveSessionResumed { Session = session });
            else
                Send(new LiveSessionStarted { Session = session });
        }
    }

    /// <summary>The session goes on on another connection; this one reports <see cref="LiveSessionMoved"/> when it ends.</summary>
    internal void Moves()
    {
        lock (_gate)
            _isMoved = true;
    }

    internal void Ended(int code, string reason, string cause, bool mayResume, long promptTokens, long responseTokens, decimal? cost)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            EndTurn("session_closed");
            Say(_user, isInterrupted: false);
            Say(_model, isInterrupted: false);
            if (_isMoved)
            {
                Send(new LiveSessionMoved { Session = session });
            }
            else
            {
                var duration = dispatcher.Time.GetElapsedTime(_started);
                Send(new LiveSessionEnded
                {
                    Session = session, Code = code, Reason = reason, Cause = cause, MayResume = mayResume,
                    Duration = duration, PromptTokens = promptTokens, ResponseTokens = responseTokens, Cost = cost,
                });
            }
            _ended = true;
        }
    }

    /// <summary>Output of the model: starts a turn unless one is running.</summary>
    internal void Output()
    {
        // Read without the lock: usually the turn is running already, and this is called for every audio message.
        if (Volatile.Read(ref _inTurn))
            return;
        lock (_gate)
        {
            if (_inTurn || _ended)
                return;
            _turn++;
            _turnStarted = dispatcher.Time.GetTimestamp();
            Volatile.Write(ref _inTurn, true);
            Say(_user, isInterrupted: false);
            Send(new LiveTurnStarted { Session = session, Turn = _turn });
        }
    }

    internal void TurnEnded(string outcome)
    {
        lock (_gate)
            EndTurn(outcome);
    }

    /// <summary>A piece of what a side says.</summary>
    /// <param name="isUser">Whether it is the user.</param>
    /// <param name="text">The piece.</param>
    /// <param name="isSpoken">Whether it is a transcript of speech.</param>
    internal void Said(bool isUser, string? text, bool isSpoken)
    {
        if (string.IsNullOrEmpty(text))
            return;
        if (!isUser)
            Output();
        lock (_gate)
        {
            if (!_ended)
                (isUser ? _user : _model).Add(text, isSpoken, MaxText);
        }
    }

    internal void Called(string id, string name, JsonElement? arguments)
    {
        lock (_gate)
        {
            if (_ended || (_calls ??= new(StringComparer.Ordinal)).Count >= MaxCalls || !_calls.TryAdd(id, (name, dispatcher.Time.GetTimestamp())))
                return;
            Say(_user, isInterrupted: false);
            var bounded = Bound(arguments);
            Send(new LiveToolCalled { Session = session, CallId = id, Name = name, Arguments = bounded });
        }
    }

    internal void CallEnded(string id, string outcome, JsonElement? response)
    {
        lock (_gate)
        {
            if (_ended || _calls?.Remove(id, out var call) is not true)
                return;
            var (bounded, duration) = (Bound(response), dispatcher.Time.GetElapsedTime(call.Started));
            Send(new LiveToolAnswered
            {
                Session = session, CallId = id, Name = call.Name, Outcome = outcome, Response = bounded, Duration = duration,
            });
        }
    }

    internal void Used(UsageMetadata usage, decimal? cost, string? currency)
    {
        lock (_gate)
            Send(new LiveUsageReported { Session = session, Usage = usage, Cost = cost, Currency = cost is null ? null : currency });
    }

    /// <summary>A check has changed what a side gets.</summary>
    internal void CheckActed(string check, string verdict, bool isUser, bool isSpoken, string? reason)
    {
        lock (_gate)
            Send(new LiveCheckActed { Session = session, Check = check, Verdict = verdict, Speaker = (isUser ? _user : _model).Speaker, IsSpoken = isSpoken, Reason = reason });
    }

    internal void CheckFailed(string check, bool isUser, string cause, string outcome)
    {
        lock (_gate)
            Send(new LiveCheckFailed { Session = session, Check = check, Speaker = (isUser ? _user : _model).Speaker, Cause = cause, Outcome = outcome });
    }

    internal void LimitReached(string limit)
    {
        lock (_gate)
            Send(new LiveLimitReached { Session = session, Limit = limit });
    }

    /// <summary>A message that the client of a local session gets now.</summary>
    internal void Sending(LiveSessionResponse message)
    {
        if (message.ServerContent is { } content)
        {
            Said(isUser: true, content.InputTranscription?.Text, isSpoken: true);
            Said(isUser: false, content.OutputTranscription?.Text, isSpoken: true);
            foreach (var part in content.ModelTurn?.Parts ?? [])
            {
                if (part.Thought is not true)
                    Said(isUser: false, part.Text, isSpoken: false);
            }
            if (content.ModelTurn is not null)
                Output();
            if (content.Interrupted is true)
                TurnEnded("interrupted");
        }
        foreach (var call in message.ToolCall?.FunctionCalls ?? [])
            Called(call.Id ?? "", call.Name ?? "", call.Args);
        foreach (var id in message.ToolCallCancellation?.Ids ?? [])
            CallEnded(id, "cancelled", response: null);
        if (message.ServerContent?.TurnComplete is true)
            TurnEnded("completed");
    }

    /// <summary>A chunk that the client of a local session gets now.</summary>
    internal void Sending(in LiveMedia media)
    {
        Output();
        Said(isUser: false, media.Text, isSpoken: !media.Pcm.IsEmpty);
    }

    /// <summary>A message of the client.</summary>
    internal void Received(LiveSessionRequest message)
    {
        foreach (var response in message.ToolResponse?.FunctionResponses ?? [])
        {
            if (response is { Id: { } id, WillContinue: not true })
                CallEnded(id, "answered", response.Response);
        }
        if (!ChecksTyped)
            Typed(message);
    }

    /// <summary>What the user types in a message.</summary>
    internal void Typed(LiveSessionRequest message)
    {
        Said(isUser: true, message.RealtimeInput?.Text, isSpoken: false);
        foreach (var turn in message.ClientContent?.Turns ?? [])
        {
            if (turn.Role is null or "user")
                Said(isUser: true, string.Concat((turn.Parts ?? []).Select(static part => part.Text)), isSpoken: false);
        }
    }

    // With the lock held.
    private void EndTurn(string outcome)
    {
        if (!_inTurn || _ended)
            return;
        Volatile.Write(ref _inTurn, false);
        var duration = dispatcher.Time.GetElapsedTime(_turnStarted);
        Say(_user, isInterrupted: false);
        Say(_model, isInterrupted: outcome == "interrupted");
        if (outcome == "interrupted")
            Send(new LiveTurnInterrupted { Session = session, Turn = _turn });
        Send(new LiveTurnEnded { Session = session, Turn = _turn, Outcome = outcome, Duration = duration });
    }

    private void Say(Spoken spoken, bool isInterrupted)
    {
        if (spoken.Take() is not var (text, isSpoken))
            return;
        Send(new LiveTranscriptFinal
        {
            Session = session, Speaker = spoken.Speaker, Text = text, IsSpoken = isSpoken, IsInterrupted = isInterrupted,
            Turn = Math.Max(1, _turn),
        });
    }

    private void Send(LiveSessionEvent sessionEvent)
    {
        if (_ended)
            return;
        _sequence++;
        dispatcher.Post(sessionEvent with { Id = string.Create(CultureInfo.InvariantCulture, $"evt_{session.ConnectionId}_{_sequence}"), Time = dispatcher.Time.GetUtcNow(), Sequence = _sequence });
    }

    // The element may belong to a document that is returned to a pool.
    private JsonElement? Bound(JsonElement? element) => element is { } value && value.GetRawText().Length <= MaxText ? value.Clone() : null;

    /// <summary>What a side has said since its last transcript.</summary>
    private sealed class Spoken(string speaker)
    {
        private StringBuilder? _text;
        private bool _isSpoken;

        internal string Speaker => speaker;

        internal void Add(string text, bool isSpoken, int max)
        {
            _text ??= new StringBuilder();
            _isSpoken |= isSpoken;
            _text.Append(text, 0, Math.Min(text.Length, max - Math.Min(max, _text.Length)));
        }

        internal (string Text, bool IsSpoken)? Take()
        {
            if (_text?.ToString().Trim() is not { Length: > 0 } text)
                return null;
            var result = (text, _isSpoken);
            (_text, _isSpoken) = (null, false);
            return result;
        }
    }
}

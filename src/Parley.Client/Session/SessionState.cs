using Parley.Protocol;

namespace Parley.Client;

/// <summary>Where a session stands.</summary>
internal enum SessionPhase
{
    /// <summary>There is a connection.</summary>
    Open,

    /// <summary>The client leaves its connection, because the server will close it.</summary>
    HandingOver,

    /// <summary>There is no connection; another one is being opened.</summary>
    Reconnecting,

    /// <summary>The caller hung up.</summary>
    Closing,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>
/// What a session knows about itself, whichever socket it runs on: one object, one lock. Turns, calls and the outbox are its parts, each in a
/// type of its own that only this one touches.
/// <code>
/// Open -> HandingOver -> Reconnecting -> Open     goAway
/// Open -> Reconnecting -> Open                    lost connection
/// any of them -> Closing -> Ended                 the caller hung up
/// Open, HandingOver, Reconnecting -> Ended        nothing to go on with
/// </code>
/// </summary>
#pragma warning disable CA1001 // The sources have no timer and no wait handle: there is nothing to free.
internal sealed class SessionState(ResumptionOptions options)
#pragma warning restore CA1001 // see above
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<SessionEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Outbox _outbox = new(options);
    private readonly CallLedger _calls = new();
    private readonly TurnTrack _turn = new(options);
    private SessionPhase _phase;
    private string? _handle;
    private string? _sessionId;
    private SetupComplete? _setupComplete;
    private SessionUsage _usage = new();
    private TimeSpan _droppedAudio;
    private bool _setupSeen;
    private bool _resumable;
    private bool _goingAway;
    private TaskCompletionSource? _turnOver;

    internal Task<SessionEnd> Completion => _completion.Task;

    /// <summary>Fires when the session has ended: tools stop.</summary>
    internal CancellationToken Ended => _ended.Token;

    /// <summary>Fires when the caller hangs up: nobody waits for another connection any more.</summary>
    internal CancellationToken Closing => _closing.Token;

    internal SessionEnd? End => _completion.Task.IsCompletedSuccessfully ? _completion.Task.GetAwaiter().GetResult() : null;

    internal SessionPhase Phase
    {
        get { lock (_lock) return _phase; }
    }

    internal string? ResumptionHandle
    {
        get { lock (_lock) return _handle; }
    }

    internal string? SessionId
    {
        get { lock (_lock) return _sessionId; }
    }

    internal SetupComplete? SetupComplete
    {
        get { lock (_lock) return _setupComplete; }
    }

    internal SessionUsage Usage
    {
        get { lock (_lock) return _usage; }
    }

    internal TimeSpan DroppedAudio
    {
        get { lock (_lock) return _droppedAudio; }
    }

    /// <summary>Nothing is said, asked or called, and the server can resume from here: the moment to change the connection.</summary>
    internal bool IsQuiet
    {
        get { lock (_lock) return _resumable && _calls.Open == 0 && _turn.IsQuiet; }
    }

    /// <summary>Whether there is another connection to be had.</summary>
    internal bool CanContinue
    {
        get { lock (_lock) return options.Enabled && (_handle is not null || options.AllowFreshSession); }
    }

    /// <summary>Takes note of an update, and gives what the reader is to see of it; null = nothing.</summary>
    internal LiveUpdate? Note(LiveUpdate update)
    {
        lock (_lock)
        {
            var first = true;
            switch (update)
            {
                case SetupCompleteUpdate setup:
                    // Later connections are the client's business.
                    first = !_setupSeen;
                    _setupSeen = true;
                    Keep(setup);
                    break;
                case ResumptionUpdate resumption:
                    NoteResumption(resumption);
                    break;
                case GoAwayUpdate:
                    _goingAway = true;
                    break;
                case ToolCallCancelledUpdate cancelled:
                    foreach (var id in cancelled.Ids)
                        _calls.Cancel(id);
                    break;
                case UsageUpdate usage:
                    _usage = _usage.Plus(usage.Usage);
                    break;
            }
            var seen = _turn.Apply(update, _outbox.SentOnConnection);
            if (update is AudioUpdate or TextUpdate or ToolCallUpdate)
                _outbox.NoteAnswer();
            if (update is TurnCompleteUpdate)
                _outbox.NoteTurnComplete();
            if (update is TurnCompleteUpdate or InterruptedUpdate)
                _turnOver?.TrySetResult();
            return first ? seen : null;
        }
    }

    /// <summary>The acknowledgement of the first setup, before anything is read.</summary>
    internal void NoteSetup(SetupCompleteUpdate update)
    {
        lock (_lock)
            Keep(update);
    }

    /// <summary>False where the call came before: it is to run once.</summary>
    internal bool TryAddCall(FunctionCall call)
    {
        lock (_lock)
            return _calls.TryAdd(call);
    }

    /// <summary>The answers that may still go out: each call is answered once, and never when it was cancelled or lost.</summary>
    internal IReadOnlyList<FunctionResponse> Answerable(IReadOnlyList<FunctionResponse> responses)
    {
        lock (_lock)
            return responses.All(_calls.MayAnswer) ? responses : [.. responses.Where(_calls.MayAnswer)];
    }

    /// <summary>A message is about to be written.</summary>
    internal OutboxEntry? Sending(ReadOnlySpan<byte> message, in MessageTraits traits)
    {
        lock (_lock)
        {
            _turn.Sent(traits);
            return _outbox.Record(message, traits);
        }
    }

    internal void NotSent(OutboxEntry? entry)
    {
        if (entry is null)
            return;
        lock (_lock)
            _outbox.Forget(entry);
    }

    internal void Sent(ToolResponse? response)
    {
        if (response?.FunctionResponses is not { } responses)
            return;
        lock (_lock)
        {
            foreach (var answer in responses)
                _calls.Answered(answer);
        }
    }

    /// <summary>Goes on, or says that somebody was quicker.</summary>
    internal bool TryChange(SessionPhase from, SessionPhase to)
    {
        lock (_lock)
        {
            if (_phase != from)
                return false;
            _phase = to;
            return true;
        }
    }

    /// <summary>True the first time: the caller says goodbye.</summary>
    internal bool TryBeginClose()
    {
        lock (_lock)
        {
            if (_phase is SessionPhase.Closing or SessionPhase.Ended)
                return false;
            _phase = SessionPhase.Closing;
        }
        _ = _closing.CancelAsync();
        return true;
    }

    /// <summary>The connection is gone; why, with what the session knows about it.</summary>
    /// <param name="end">How it ended.</param>
    /// <returns>The cause to act on; null where the caller hung up.</returns>
    internal CloseCause? Lose(TransportEnd end)
    {
        lock (_lock)
        {
            var planned = _phase == SessionPhase.HandingOver;
            if (_phase is SessionPhase.Closing or SessionPhase.Ended)
                return null;
            _phase = SessionPhase.Reconnecting;
            var announced = _goingAway;
            (_goingAway, _resumable) = (false, false);
            if (planned || (announced && end.Cause.Cause is EndCause.Completed))
                return new CloseCause(EndCause.LifetimeOver, RetryAdvice.Resume);
            return end.Cause.Cause == EndCause.Completed && _turn.IsMidAnswer ? end.Cause with { Advice = RetryAdvice.Resume } : end.Cause;
        }
    }

    /// <summary>The handle is spent.</summary>
    internal void DropHandle()
    {
        lock (_lock)
            _handle = null;
    }

    /// <summary>Another connection takes over: settles what it can go on with.</summary>
    internal Takeover TakeOver(bool isResumed, bool replay)
    {
        lock (_lock)
        {
            var (open, answered) = _calls.Resume(isResumed);
            var (resend, messages, audio) = _outbox.BeginConnection(replay, KnowsCalls);
            var startsActivity = _turn.IsMarked && !resend.Exists(static entry => entry.Traits.ActivityStart);
            var cut = _turn.Resume(resend.Exists(static entry => entry.Traits.ExpectsAnswer));
            var restarts = options.RepeatedAnswer == RepeatedAnswer.Restart && resend.Count > 0;
            if (!isResumed)
                _handle = null;
            return new Takeover(resend, startsActivity, restarts, new ReconnectLoss
            {
                Conversation = !isResumed,
                Answer = cut,
                Audio = audio,
                Messages = messages,
                ToolCalls = open,
            }, answered);
        }
    }

    /// <summary>Sends a kept message again; false where the server has consumed it meanwhile.</summary>
    internal void Resending(OutboxEntry entry)
    {
        lock (_lock)
        {
            _turn.Sent(entry.Traits);
            _outbox.Resent(entry);
        }
    }

    internal void CountDropped(TimeSpan audio)
    {
        lock (_lock)
            _droppedAudio += audio;
    }

    /// <summary>Cuts the running turn from here.</summary>
    /// <returns>Done when the server has said that it is over; null where nothing was running.</returns>
    internal Task? Silence()
    {
        lock (_lock)
        {
            if (!_turn.Silence())
                return null;
            return (_turnOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Whether an update that waited to be read belongs to a turn that was cut from here.</summary>
    internal bool IsSilenced(LiveUpdate update)
    {
        if (update is not (AudioUpdate or TextUpdate or MediaUpdate))
            return false;
        lock (_lock)
            return update.Turn <= _turn.Silenced;
    }

    internal SessionEnd ToEnd(TransportEnd end, Credential? credential)
    {
        lock (_lock)
        {
            if (_phase == SessionPhase.Closing)
                return new SessionEnd(EndCause.ByClient, end.CloseCode, end.Reason) { ResumptionHandle = _handle };
            var spent = end.Cause.Advice == RetryAdvice.StartFresh;
            var midAnswer = end.Cause.Cause == EndCause.Completed && _turn.IsMidAnswer;
            return new SessionEnd(end.Cause.Cause, end.CloseCode, credential?.Redact(end.Reason) ?? end.Reason)
            {
                Advice = midAnswer ? RetryAdvice.Resume : end.Cause.Advice,
                IsMidAnswer = _turn.IsMidAnswer,
                ResumptionHandle = spent ? null : _handle,
                Error = end.Error,
            };
        }
    }

    internal void Complete(SessionEnd end)
    {
        lock (_lock)
        {
            _phase = SessionPhase.Ended;
            _turnOver?.TrySetResult();
        }
        if (_completion.TrySetResult(end))
            _ = _ended.CancelAsync(); // Tools hear of it, and their callbacks are user code: not on the pump.
    }

    private void Keep(SetupCompleteUpdate setup)
    {
        _setupComplete = setup.Raw.SetupComplete;
        _sessionId = setup.SessionId ?? _sessionId;
    }

    private void NoteResumption(ResumptionUpdate update)
    {
        _resumable = update is { Resumable: true, Handle: not null };
        if (!_resumable)
            return;
        _handle = update.Handle;
        // Without the index in a transparent session nothing is known of what the state holds.
        if (!options.Transparent || update.LastConsumedClientMessageIndex is not null)
            _outbox.Checkpoint(options.Transparent ? update.LastConsumedClientMessageIndex : null);
        _calls.Checkpoint();
        _turn.Checkpoint();
    }

    private bool KnowsCalls(OutboxEntry entry) => entry.Traits.CallIds is not { Count: > 0 } ids || ids.All(_calls.IsKnown);
}

/// <summary>What a new connection begins with.</summary>
/// <param name="Resend">Messages to send again, in order.</param>
/// <param name="StartsActivity">The user speaks, by the marks sent from here, and the new connection must be told.</param>
/// <param name="Restarts">Answers will be delivered again from their beginning.</param>
/// <param name="Lost">What did not survive.</param>
/// <param name="Answered">Calls that were answered, though the resumed state does not know it.</param>
internal sealed record Takeover(
    List<OutboxEntry> Resend, bool StartsActivity, bool Restarts, ReconnectLoss Lost, IReadOnlyList<FunctionCall> Answered);

using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client.Session;

/// <summary>Phase of a session.</summary>
internal enum SessionPhase
{
    /// <summary>Connected.</summary>
    Open,

    /// <summary>The client is leaving its connection, because the server will close it.</summary>
    Rotating,

    /// <summary>The connection is lost; another one is being opened.</summary>
    Reconnecting,

    /// <summary>The caller is closing the session.</summary>
    Closing,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>
/// State of a session across its connections: one object, one lock. Turns, calls and the outbox are parts of it, each in a type of its own
/// that only this one uses.
/// <code>
/// Open -> Rotating -> Reconnecting -> Open     goAway
/// Open -> Reconnecting -> Open                    lost connection
/// any of them -> Closing -> Ended              the caller closed the session
/// Open, Rotating, Reconnecting -> Ended        no further connection
/// </code>
/// </summary>
#pragma warning disable CA1001 // The sources have no timer and no wait handle: there is nothing to free.
internal sealed partial class SessionState(ResumptionOptions options, SessionTelemetry? telemetry = null)
#pragma warning restore CA1001 // see above
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<SessionEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Outbox _outbox = new(options);
    private readonly OpenCalls _calls = new();
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
    private bool _holdsInput;
    private TaskCompletionSource? _turnOver;
    private (TaskCompletionSource Done, long AfterTurns)? _repeated;

    /// <summary>Measures what the state sees; null in tests of the state alone.</summary>
    internal SessionTelemetry? Telemetry => telemetry;

    internal Task<SessionEnd> Completion => _completion.Task;

    /// <summary>Cancelled when the session has ended: tools stop.</summary>
    internal CancellationToken Ended => _ended.Token;

    /// <summary>Cancelled when the caller closes the session: reconnecting stops.</summary>
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

    /// <summary>Number of the model's newest turn.</summary>
    internal long Turn
    {
        get { lock (_lock) return _turn.Number; }
    }

    /// <summary>Whether the client has an open activity (manual detection).</summary>
    internal bool IsActivityOpen
    {
        get { lock (_lock) return _turn.IsActivityOpen; }
    }

    internal TimeSpan DroppedAudio
    {
        get { lock (_lock) return _droppedAudio; }
    }

    /// <summary>No turn, question or call is open, and the server can resume from here: a safe point to rotate.</summary>
    internal bool IsQuiet
    {
        get { lock (_lock) return _resumable && _calls.Count == 0 && _turn.IsQuiet; }
    }

    /// <summary>Whether another connection may be opened.</summary>
    internal bool CanContinue
    {
        get { lock (_lock) return options.Enabled && (_handle is not null || options.AllowFreshSession); }
    }

    /// <summary>Applies an update to the state and returns what the reader receives of it; null = nothing.</summary>
    internal LiveUpdate? Note(LiveUpdate update)
    {
        Telemetry?.Note(update);
        lock (_lock)
        {
            var first = true;
            switch (update)
            {
                case SetupCompleteUpdate setup:
                    // The reader sees the first connection only.
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
            var spoke = _turn.IsOpen;
            var seen = _turn.Apply(update, _outbox.SentOnConnection);
            if (_turn.IsOpen && !spoke)
                _outbox.NoteAnswer();
            if (update is TurnCompleteUpdate complete)
            {
                _outbox.NoteTurnComplete();
                complete.Note(IsIdle, _turn.Completed);
            }
            if (update is TurnCompleteUpdate or InterruptedUpdate)
                _turnOver?.TrySetResult();
            if (_repeated is { } repeated && !IsRepeating(repeated.AfterTurns))
                repeated.Done.TrySetResult();
            return first ? seen : null;
        }
    }

    /// <summary>Applies the acknowledgement of the first setup, before the reader starts.</summary>
    internal void NoteSetup(SetupCompleteUpdate update)
    {
        lock (_lock)
            Keep(update);
    }

    /// <summary>Adds a call; false if it came before, so that it runs once.</summary>
    internal bool TryAddCall(FunctionCall call, bool isBlocking)
    {
        lock (_lock)
            return _calls.TryAdd(call, isBlocking);
    }

    /// <summary>Whether a call is open.</summary>
    internal bool IsOpen(string id)
    {
        lock (_lock)
            return _calls.IsOpen(id);
    }

    /// <summary>The answers that may still be sent: each call is answered once, and never after it was cancelled or lost.</summary>
    internal IReadOnlyList<FunctionResponse> Answerable(IReadOnlyList<FunctionResponse> responses)
    {
        lock (_lock)
            return responses.All(_calls.MayAnswer) ? responses : [.. responses.Where(_calls.MayAnswer)];
    }

    /// <summary>Records a message that is about to be written.</summary>
    internal OutboxEntry? Sending(ReadOnlySpan<byte> message, in MessageTraits traits, ToolResponse? answers = null)
    {
        lock (_lock)
        {
            _turn.Sent(traits);
            if (answers?.FunctionResponses is { } responses)
                Answering(responses);
            return _outbox.Record(message, traits, _turn.Ended);
        }
    }

    internal void NotSent(OutboxEntry? entry, ToolResponse? answers = null)
    {
        lock (_lock)
        {
            foreach (var answer in answers?.FunctionResponses ?? [])
                _calls.NotAnswered(answer);
            if (entry is not null)
                _outbox.Forget(entry);
        }
    }

    internal void CountDropped(TimeSpan audio)
    {
        lock (_lock)
            _droppedAudio += audio;
        Telemetry?.Dropped(audio);
    }

    /// <summary>Cuts the current turn locally.</summary>
    /// <param name="turn">Its number.</param>
    /// <returns>Completes when the server reports its end; null if no turn is open.</returns>
    internal Task? Silence(out long turn)
    {
        lock (_lock)
        {
            turn = _turn.Number;
            if (!_turn.Silence())
                return null;
            return (_turnOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Whether an unread update belongs to a turn that was cut locally.</summary>
    internal bool IsSilenced(LiveUpdate update)
    {
        if (update is not (AudioUpdate or TextUpdate or MediaUpdate))
            return false;
        lock (_lock)
            return update.Turn <= _turn.Silenced;
    }

    // Scheduling counts for non-blocking calls only; the model always goes on after a blocking one.
    private void Answering(IReadOnlyList<FunctionResponse> responses)
    {
        var spoken = responses.Where(answer => answer.Scheduling != Scheduling.Silent || _calls.IsBlocking(answer)).ToList();
        if (spoken.Count > 0)
            _turn.SentResult(spoken.Exists(_calls.IsBlocking));
        foreach (var answer in responses)
            _calls.Answered(answer);
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
        // In a transparent session, an update without the index says nothing about what the state contains.
        if (!options.Transparent || update.LastConsumedClientMessageIndex is not null)
            _outbox.Checkpoint(options.Transparent ? update.LastConsumedClientMessageIndex : null);
        _calls.Checkpoint();
        _turn.Checkpoint();
    }
}

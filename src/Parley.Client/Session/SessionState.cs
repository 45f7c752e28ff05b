using Parley.Client.Receiving;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client.Session;

/// <summary>Where a session stands.</summary>
internal enum SessionPhase
{
    /// <summary>There is a connection.</summary>
    Open,

    /// <summary>The client leaves its connection, because the server will close it.</summary>
    Rotating,

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
/// Open -> Rotating -> Reconnecting -> Open     goAway
/// Open -> Reconnecting -> Open                    lost connection
/// any of them -> Closing -> Ended                 the caller hung up
/// Open, Rotating, Reconnecting -> Ended        nothing to go on with
/// </code>
/// </summary>
#pragma warning disable CA1001 // The sources have no timer and no wait handle: there is nothing to free.
internal sealed partial class SessionState(ResumptionOptions options)
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
    private TaskCompletionSource? _turnOver;

    /// <summary>Hears what the state hears; null in tests of the state alone.</summary>
    internal SessionTelemetry? Telemetry { get; set; }

    /// <summary>Memory of the sound for readers with a sink, whichever connection it comes over.</summary>
    internal AudioPool? Audio { get; set; }

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

    /// <summary>Number of the model's newest turn.</summary>
    internal long Turn
    {
        get { lock (_lock) return _turn.Number; }
    }

    /// <summary>The user speaks, by the marks sent from here.</summary>
    internal bool IsActivityOpen
    {
        get { lock (_lock) return _turn.IsActivityOpen; }
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
        Telemetry?.Note(update);
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
            var spoke = _turn.IsOpen;
            var seen = _turn.Apply(update, _outbox.SentOnConnection);
            if (_turn.IsOpen && !spoke)
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

    /// <summary>Whether a call waits for its answer.</summary>
    internal bool IsOpen(string id)
    {
        lock (_lock)
            return _calls.IsOpen(id);
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

    internal void CountDropped(TimeSpan audio)
    {
        lock (_lock)
            _droppedAudio += audio;
        Telemetry?.Dropped(audio);
    }

    /// <summary>Cuts the running turn from here.</summary>
    /// <param name="turn">Its number.</param>
    /// <returns>Done when the server has said that it is over; null where nothing was running.</returns>
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

    /// <summary>Whether an update that waited to be read belongs to a turn that was cut from here.</summary>
    internal bool IsSilenced(LiveUpdate update)
    {
        if (update is not (AudioUpdate or TextUpdate or MediaUpdate))
            return false;
        lock (_lock)
            return update.Turn <= _turn.Silenced;
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
}

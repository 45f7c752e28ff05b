using Parley.Protocol;

namespace Parley.Client;

/// <summary>What a session knows about itself, whichever socket it runs on. Written by the pump, read by anyone.</summary>
#pragma warning disable CA1001 // The source has no timer and no wait handle: there is nothing to free.
internal sealed class SessionState
#pragma warning restore CA1001 // see above
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<SessionEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private string? _handle;
    private string? _sessionId;
    private SetupComplete? _setupComplete;
    private SessionUsage _usage = new();
    private bool _closing;
    private bool _answering;

    /// <summary>Hears what the state hears; null in tests of the state alone.</summary>
    internal SessionTelemetry? Telemetry { get; set; }

    internal Task<SessionEnd> Completion => _completion.Task;

    /// <summary>Fires when the session has ended: tools stop.</summary>
    internal CancellationToken Ended => _ended.Token;

    internal SessionEnd? End => _completion.Task.IsCompletedSuccessfully ? _completion.Task.GetAwaiter().GetResult() : null;

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

    internal void Note(LiveUpdate update)
    {
        Telemetry?.Note(update);
        lock (_lock)
        {
            switch (update)
            {
                case SetupCompleteUpdate setup:
                    _setupComplete = setup.Raw.SetupComplete;
                    _sessionId = setup.SessionId ?? _sessionId;
                    break;
                case ResumptionUpdate { Resumable: true, Handle: { } handle }:
                    _handle = handle;
                    break;
                case AudioUpdate or TextUpdate:
                    _answering = true;
                    break;
                case GenerationCompleteUpdate or InterruptedUpdate or TurnCompleteUpdate:
                    _answering = false;
                    break;
                case UsageUpdate usage:
                    _usage = _usage.Plus(usage.Usage);
                    break;
            }
        }
    }

    /// <summary>True the first time: the caller says goodbye.</summary>
    internal bool TryBeginClose()
    {
        lock (_lock)
        {
            var first = !_closing;
            _closing = true;
            return first;
        }
    }

    internal SessionEnd ToEnd(TransportEnd end, Credential? credential)
    {
        lock (_lock)
        {
            if (_closing)
                return new SessionEnd(EndCause.ByClient, end.CloseCode, end.Reason) { ResumptionHandle = _handle };
            var spent = end.Cause.Advice == RetryAdvice.StartFresh;
            var midAnswer = end.Cause.Cause == EndCause.Completed && _answering;
            return new SessionEnd(end.Cause.Cause, end.CloseCode, credential?.Redact(end.Reason) ?? end.Reason)
            {
                Advice = midAnswer ? RetryAdvice.Resume : end.Cause.Advice,
                IsMidAnswer = _answering,
                ResumptionHandle = spent ? null : _handle,
                Error = end.Error,
            };
        }
    }

    internal void Complete(SessionEnd end)
    {
        if (!_completion.Task.IsCompleted)
            Telemetry?.Ended(end);
        if (_completion.TrySetResult(end))
            _ = _ended.CancelAsync(); // Tools hear of it, and their callbacks are user code: not on the pump.
    }
}

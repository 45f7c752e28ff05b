using Microsoft.Extensions.Logging;
using Parley.Server.Events;

namespace Parley.Server.Calls;

/// <summary>The checks of a call: asks them about a text, one after the other, each within its deadline. One text at a time in each direction.</summary>
internal sealed partial class CallChecks(LiveCall call, CallServices services, SessionEvents? events)
{
    internal static readonly TimeSpan MaxDeadline = TimeSpan.FromMinutes(1);

    /// <summary>Runs of a check that may go on after their deadline. Beyond it the check fails at once, so that one that never returns does not fill the memory.</summary>
    internal const int MaxAbandoned = 8;

    private readonly Lock _gate = new();
    private readonly List<Check> _checks = [];
    private readonly SaidText _user = new(), _typed = new(), _model = new(), _thoughts = new();
    private bool _isClosed;

    /// <summary>Whether any check gets what the user types and says.</summary>
    internal bool ReadsUser { get; private set; }

    internal bool ReadsModel { get; private set; }

    internal bool IsEmpty => _checks.Count == 0;

    /// <summary>The first check that holds answers; null if none does.</summary>
    internal Check? Holder { get; private set; }

    internal void Add(Func<LiveCallText, CancellationToken, ValueTask<LiveVerdict>> run, LiveCheckOptions options)
    {
        var check = new Check(run, options, services.Options);
        if (check.Deadline <= TimeSpan.Zero || check.Deadline > MaxDeadline)
            throw new ArgumentOutOfRangeException(nameof(options), check.Deadline, "Deadline must be greater than 0 and at most a minute.");
        lock (_gate)
        {
            if (_isClosed)
                throw new InvalidOperationException("The session has started. Add checks in OnCall, before it returns.");
            _checks.Add(check);
        }
        ReadsUser |= check.Directions.HasFlag(LiveCheckDirections.User);
        ReadsModel |= check.Directions.HasFlag(LiveCheckDirections.Model);
        if (options.HoldsAnswers && check.Directions.HasFlag(LiveCheckDirections.Model))
            Holder ??= check;
    }

    /// <summary>The session starts: nothing more is added.</summary>
    internal void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    /// <summary>A turn of the model has ended.</summary>
    internal void TurnEnded()
    {
        lock (_gate)
            _user.IsComplete = _typed.IsComplete = _model.IsComplete = _thoughts.IsComplete = true;
    }

    /// <summary>Asks the checks about a text.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    internal async ValueTask<CheckResult> RunAsync(CallText text, CancellationToken cancelled)
    {
        var piece = text.Text;
        string before;
        lock (_gate)
        {
            if (!text.IsUser)
                _user.IsComplete = _typed.IsComplete = true;
            before = text is { IsUser: true, IsSpoken: false } ? _typed.AddAfter(piece + "\n", services.Options.MaxTextLength) : SaidBy(text).AddAfter(piece, services.Options.MaxTextLength);
        }
        var isReplaced = false;
        foreach (var check in _checks)
        {
            if (!check.Directions.HasFlag(text.IsUser ? LiveCheckDirections.User : LiveCheckDirections.Model))
                continue;
            var (verdict, cause, exception) = await check.AskAsync(new LiveCallText(call, text.IsUser, piece, before + piece, text.IsSpoken), services.Time, cancelled).ConfigureAwait(false);
            if (cause is not null)
                verdict = Failed(check, text.IsUser, cause, exception);
            services.Metrics.Checked(check.Name, verdict!.Kind);
            if (verdict.Kind == LiveVerdict.Allowed)
                continue;
            var isFinal = verdict.Kind != LiveVerdict.Replaced;
            var reason = isFinal ? verdict.Text : null;
            events?.CheckActed(check.Name, verdict.Kind, text.IsUser, text.IsSpoken, reason);
            Log.Acted(services.Logger, check.Name, verdict.Kind, text.IsUser ? "user" : "model", call.SessionId, reason ?? "");
            if (isFinal)
            {
                // The next text is judged by itself: this one was not said.
                lock (_gate)
                    SaidBy(text).IsComplete = true;
                return new CheckResult(verdict, check);
            }
            (piece, isReplaced) = (verdict.Text, true);
        }
        return isReplaced ? new CheckResult(LiveVerdict.Replace(piece), null) : default;
    }

    /// <summary>Audio of the model had no text in time.</summary>
    /// <returns>The result; nothing was decided if it passes.</returns>
    internal CheckResult NoText(Check holder)
    {
        var verdict = Failed(holder, isUser: false, "no_text", exception: null);
        services.Metrics.Checked(holder.Name, verdict.Kind);
        if (verdict.Kind == LiveVerdict.Allowed)
            return default;
        events?.CheckActed(holder.Name, verdict.Kind, isUser: false, isSpoken: true, verdict.Text);
        return new CheckResult(verdict, holder);
    }

    private LiveVerdict Failed(Check check, bool isUser, string cause, Exception? exception)
    {
        var isBlocked = check.OnFailure == LiveCheckFailure.Block;
        services.Metrics.CheckFailed(check.Name, cause);
        events?.CheckFailed(check.Name, isUser, cause, isBlocked ? "blocked" : "allowed");
        Log.Failed(services.Logger, check.Name, cause, isUser ? "user" : "model", call.SessionId, isBlocked ? "blocked" : "allowed", exception);
        return isBlocked ? LiveVerdict.Block("The check failed: " + cause) : LiveVerdict.Allow;
    }

    private SaidText SaidBy(CallText text) => text switch
    {
        { IsUser: true, IsSpoken: true } => _user,
        { IsUser: true } => _typed,
        { IsThought: true } => _thoughts,
        _ => _model,
    };

    private static partial class Log
    {
        [LoggerMessage(EventIds.CheckActed, LogLevel.Information, "Check {Check}: {Verdict}, text of the {Speaker}, session {SessionId} ({Reason})")]
        public static partial void Acted(ILogger logger, string check, string verdict, string speaker, string sessionId, string reason);

        [LoggerMessage(EventIds.CheckFailed, LogLevel.Warning, "Check {Check} failed ({Cause}): text of the {Speaker}, session {SessionId}, {Outcome}")]
        public static partial void Failed(ILogger logger, string check, string cause, string speaker, string sessionId, string outcome, Exception? exception);
    }

    /// <summary>One check.</summary>
    internal sealed class Check(Func<LiveCallText, CancellationToken, ValueTask<LiveVerdict>> run, LiveCheckOptions options, LiveCallOptions defaults)
    {
        private int _abandoned;

        internal string Name => options.Name;

        internal LiveCheckDirections Directions => options.Directions;

        internal TimeSpan Deadline { get; } = options.Deadline ?? defaults.CheckDeadline;

        internal LiveCheckFailure OnFailure { get; } = options.OnFailure ?? defaults.CheckFailure;

        internal string Refusal { get; } = options.Refusal ?? defaults.Refusal;

        /// <returns>The verdict, or why there is none.</returns>
        internal async ValueTask<(LiveVerdict? Verdict, string? Cause, Exception? Exception)> AskAsync(LiveCallText text, TimeProvider time, CancellationToken cancelled)
        {
            if (Volatile.Read(ref _abandoned) >= MaxAbandoned)
                return (null, "busy", null);
            using var late = new CancellationTokenSource(Deadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancelled);
            // On another thread: one that blocks has a deadline too.
            var running = Task.Run(() => run(text, either.Token).AsTask(), CancellationToken.None);
            try
            {
                var verdict = await running.WaitAsync(either.Token).ConfigureAwait(false);
                return verdict is null ? (null, "error", null) : (verdict, null, null);
            }
            catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
            {
                Abandon(running);
                throw;
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested)
            {
                Abandon(running);
                return (null, "late", null);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return (null, "error", e);
            }
        }

        private void Abandon(Task running)
        {
            Interlocked.Increment(ref _abandoned);
            _ = running.ContinueWith(
                task =>
                {
                    // Looked at, so that it is no unobserved exception.
                    _ = task.Exception;
                    Interlocked.Decrement(ref _abandoned);
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}

/// <summary>What the checks have decided about a text. The default value allows it.</summary>
/// <param name="Verdict">The verdict; null = allow.</param>
/// <param name="By">The check that blocked it or ended the session.</param>
internal readonly record struct CheckResult(LiveVerdict? Verdict, CallChecks.Check? By)
{
    internal bool IsBlocked => By is not null;

    internal string? Replacement => By is null ? Verdict?.Text : null;
}

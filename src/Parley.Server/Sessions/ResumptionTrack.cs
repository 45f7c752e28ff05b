using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Protocol.Internal;

namespace Parley.Server.Sessions;

/// <summary>
/// Turns the checkpoints of the model into resumption handles, for one connection of a session (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see>). A handle is
/// sent once its state is saved, unless the model withdrew the checkpoint meanwhile. One save runs at a time, and the newest state waits for it; a failed save
/// is repeated while its state is the newest. A failing store costs handles, never the session.
/// </summary>
/// <param name="sessions">The store.</param>
/// <param name="seal">Issues the handles.</param>
/// <param name="origin">What all checkpoints of the connection have in common.</param>
/// <param name="handleLifetime">How long the session can be resumed after this connection.</param>
/// <param name="transparent">Whether updates say how many messages were consumed.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ResumptionTrack(
    ResumableSessions sessions, HandleSeal seal, SessionCheckpoint origin, TimeSpan handleLifetime, bool transparent, TimeProvider time, ILogger logger)
{
    /// <summary>Until a failed save is repeated.</summary>
    internal static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // A relay forwards nothing meanwhile.
    private static readonly TimeSpan LongestIssue = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Serial numbers of different connections must not collide: a session may be resumed from an older state.
    private long _serial = origin.Epoch << 32;
    private SessionResumptionUpdate? _newest;
    private Pending? _waiting, _failed;
    private Task? _saving;
    private ITimer? _retry;
    private bool _isResumable, _isSaving, _wasSaving, _isStored, _isFailing, _ended;

    private enum Outcome
    {
        Saved,
        Superseded,
        Failed,
    }

    internal string SessionId => origin.SessionId;

    /// <summary>A state is stored, so that a client may have a handle.</summary>
    internal bool HasState => origin.Epoch > 0 || Volatile.Read(ref _isStored);

    /// <summary>Called when a save shows that another connection, perhaps on another server, has claimed the session.</summary>
    internal Action? Superseded { get; set; }

    /// <summary>Takes a checkpoint of the model.</summary>
    /// <param name="state">The state to resume from; null = the session is not resumable now.</param>
    /// <param name="consumed">Client messages, without the setup, that the model has received.</param>
    /// <param name="send">Sends an update, at once or when the state is saved; never from two threads at the same time.</param>
    internal void Checkpoint(object? state, long consumed, Action<SessionResumptionUpdate> send)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _isResumable = state is not null;
            if (state is not null)
            {
                _waiting = new Pending(++_serial, state, consumed, send);
                SaveWaiting();
                return;
            }
            _waiting = null;
            if (_newest is not null)
                send(new SessionResumptionUpdate());
            _newest = null;
        }
    }

    /// <summary>Saves a state and returns its handle, for a session that sends its own updates; null if the state was not saved within a second.</summary>
    internal async ValueTask<string?> IssueAsync(object state)
    {
        long serial;
        ValueTask<Outcome> saving;
        lock (_gate)
        {
            if (_ended)
                return null;
            serial = ++_serial;
            saving = SaveAsync(serial, state);
        }
        Outcome outcome;
        try
        {
            outcome = saving.IsCompletedSuccessfully ? saving.Result : await saving.AsTask().WaitAsync(LongestIssue, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
        lock (_gate)
        {
            Note(outcome);
            return outcome != Outcome.Saved || _ended ? null : seal.Issue(origin.SessionId, serial, origin.Expires);
        }
    }

    /// <summary>
    /// Sends the newest handle once more, so that a client has it when it is asked to leave. Not one of <see cref="IssueAsync"/>: whether it is still valid, and
    /// which messages it covers, is known by the session that sent it.
    /// </summary>
    internal void ResendHandle(Action<SessionResumptionUpdate> send)
    {
        lock (_gate)
        {
            if (_newest is not null && !_ended)
                send(_newest);
        }
    }

    /// <summary>Ends the connection; later checkpoints are not saved. Does not throw.</summary>
    /// <param name="forget">The session itself is over.</param>
    internal async Task EndAsync(bool forget)
    {
        Task? saving;
        lock (_gate)
        {
            // Without a save there is nothing to end, unless an earlier connection left something.
            if (_ended || (!_wasSaving && origin.Epoch == 0))
            {
                _ended = true;
                return;
            }
            _ended = true;
            _retry?.Dispose();
            saving = _saving;
        }
        try
        {
            if (saving is not null)
                await saving.ConfigureAwait(false);
            if (forget)
                await sessions.DeleteAsync(origin.SessionId, origin.Epoch, CancellationToken.None).ConfigureAwait(false);
            else
                await sessions.EndAsync(origin.SessionId, origin.Epoch, time.GetUtcNow() + handleLifetime, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // The store has logged it. The session expires later.
        }
        catch (Exception e)
        {
            Log.NotSaved(logger, origin.SessionId, e);
        }
    }

    // With _gate held.
    private void SaveWaiting()
    {
        while (!_isSaving && !_ended && _waiting is { } pending)
        {
            _waiting = null;
            var saving = SaveAsync(pending.Serial, pending.State);
            if (saving.IsCompletedSuccessfully)
            {
                Saved(saving.Result, pending);
                continue;
            }
            _isSaving = true;
            _saving = SavedAsync(saving.AsTask(), pending);
        }
    }

    private async Task SavedAsync(Task<Outcome> saving, Pending pending)
    {
        var outcome = await saving.ConfigureAwait(false);
        lock (_gate)
        {
            _isSaving = false;
            Saved(outcome, pending);
            SaveWaiting();
        }
    }

    private void Saved(Outcome outcome, Pending pending)
    {
        Note(outcome);
        if (_ended || !_isResumable || pending.Serial != _serial)
            return;
        if (outcome == Outcome.Failed)
        {
            _failed = pending;
            _retry ??= time.CreateGuardedTimer(this, static track => track.Retry(), static (track, e) => track.Failed(e));
            _retry.Change(RetryDelay, Timeout.InfiniteTimeSpan);
            return;
        }
        _newest = new SessionResumptionUpdate
        {
            NewHandle = seal.Issue(origin.SessionId, pending.Serial, origin.Expires),
            Resumable = true,
            LastConsumedClientMessageIndex = transparent ? pending.Consumed : null,
        };
        pending.Send(_newest);
    }

    private void Note(Outcome outcome)
    {
        _isStored |= outcome == Outcome.Saved;
        _isFailing = outcome == Outcome.Failed;
        if (outcome != Outcome.Superseded || _ended)
            return;
        _ended = true;
        _retry?.Dispose();
        Superseded?.Invoke();
    }

    private void Retry()
    {
        lock (_gate)
        {
            var failed = _failed;
            _failed = null;
            if (failed is null || !_isResumable || failed.Serial != _serial)
                return;
            _waiting = failed;
            SaveWaiting();
        }
    }

    // With _gate held. Does not throw.
    private ValueTask<Outcome> SaveAsync(long serial, object state)
    {
        _wasSaving = true;
        try
        {
            var saving = sessions.SaveAsync(origin with { Serial = serial, IsFirst = origin.Epoch == 0 && !_isStored }, state, CancellationToken.None);
            return saving.IsCompletedSuccessfully ? new(saving.Result ? Outcome.Saved : Outcome.Superseded) : WaitAsync(saving);
        }
        catch (Exception e)
        {
            return new(Failed(e));
        }

        async ValueTask<Outcome> WaitAsync(ValueTask<bool> pending)
        {
            try
            {
                return await pending.ConfigureAwait(false) ? Outcome.Saved : Outcome.Superseded;
            }
            catch (Exception e)
            {
                return Failed(e);
            }
        }
    }

    private Outcome Failed(Exception e)
    {
        // The store has logged what it throws itself; anything else is logged once, until a save succeeds.
        if (e is not StorageException && !_isFailing)
            Log.NotSaved(logger, origin.SessionId, e);
        return Outcome.Failed;
    }

    private sealed record Pending(long Serial, object State, long Consumed, Action<SessionResumptionUpdate> Send);

    private static partial class Log
    {
        [LoggerMessage(EventIds.StateNotSaved, LogLevel.Error, "State of session {SessionId} not saved; it may not be resumable")]
        public static partial void NotSaved(ILogger logger, string sessionId, Exception exception);
    }
}

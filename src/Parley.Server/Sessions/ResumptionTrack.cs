using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>
/// Turns the checkpoints of the model into resumption handles, for one connection of a session (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see>). A handle is
/// sent once its state is saved, unless the model withdrew the checkpoint meanwhile. A failing store costs handles, never the session.
/// </summary>
internal sealed partial class ResumptionTrack(ISessionStore store, HandleSeal seal, SessionSnapshot origin, DateTimeOffset handlesExpire, bool transparent, ILogger logger)
{
    private readonly Lock _gate = new();

    // Serial numbers of different connections must not collide: a session may be resumed from an older state.
    private long _serial = origin.Epoch << 32;
    private SessionResumptionUpdate? _newest;
    private bool _isResumable;
    private bool _ended;

    internal string SessionId => origin.SessionId;

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
            if (state is null)
            {
                if (_newest is not null)
                    send(new SessionResumptionUpdate());
                _newest = null;
                return;
            }
            var serial = ++_serial;
            var saving = SaveAsync(serial, state);
            if (saving.IsCompletedSuccessfully)
                Saved(saving.GetAwaiter().GetResult(), serial, consumed, send);
            else
                _ = SavedAsync(saving.AsTask(), serial, consumed, send);
        }
    }

    /// <summary>Saves a state and returns its handle, for a session that sends its own updates; null if the state was not saved.</summary>
    internal async ValueTask<string?> IssueAsync(object state)
    {
        long serial;
        ValueTask<bool> saving;
        lock (_gate)
        {
            if (_ended)
                return null;
            serial = ++_serial;
            saving = SaveAsync(serial, state);
        }
        var saved = await saving.ConfigureAwait(false);
        lock (_gate)
        {
            if (!saved || _ended)
                return null;
            _newest = new SessionResumptionUpdate { NewHandle = seal.Issue(origin.SessionId, serial, handlesExpire), Resumable = true };
            return _newest.NewHandle;
        }
    }

    /// <summary>Sends the newest handle once more, so that a client has it when it is asked to leave.</summary>
    internal void ResendHandle(Action<SessionResumptionUpdate> send)
    {
        lock (_gate)
        {
            if (_newest is not null && !_ended)
                send(_newest);
        }
    }

    /// <summary>Ends the connection; later checkpoints are not saved.</summary>
    internal void End(bool forget)
    {
        lock (_gate)
            _ended = true;
        try
        {
            store.End(origin.SessionId, origin.Epoch, forget);
        }
        catch (Exception e)
        {
            Log.NotSaved(logger, origin.SessionId, e);
        }
    }

    private ValueTask<bool> SaveAsync(long serial, object state)
    {
        try
        {
            var saving = store.SaveAsync(origin with { Serial = serial, State = state });
            return saving.IsCompletedSuccessfully ? saving : WaitAsync(saving);
        }
        catch (Exception e)
        {
            Log.NotSaved(logger, origin.SessionId, e);
            return new(false);
        }

        async ValueTask<bool> WaitAsync(ValueTask<bool> pending)
        {
            try
            {
                return await pending.ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Log.NotSaved(logger, origin.SessionId, e);
                return false;
            }
        }
    }

    private async Task SavedAsync(Task<bool> saving, long serial, long consumed, Action<SessionResumptionUpdate> send)
    {
        var saved = await saving.ConfigureAwait(false);
        lock (_gate)
            Saved(saved, serial, consumed, send);
    }

    private void Saved(bool saved, long serial, long consumed, Action<SessionResumptionUpdate> send)
    {
        if (!saved || _ended || !_isResumable || serial != _serial)
            return;
        _newest = new SessionResumptionUpdate
        {
            NewHandle = seal.Issue(origin.SessionId, serial, handlesExpire),
            Resumable = true,
            LastConsumedClientMessageIndex = transparent ? consumed : null,
        };
        send(_newest);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.StateNotSaved, LogLevel.Error, "State of session {SessionId} not saved; it may not be resumable")]
        public static partial void NotSaved(ILogger logger, string sessionId, Exception exception);
    }
}

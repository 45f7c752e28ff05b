using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>
/// The resumption of one connection of a session: turns what the model can resume from into handles (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see>). A handle is
/// given out when its state is kept, and not if the model took the offer back in the meantime.
/// </summary>
internal sealed class ResumptionTrack(ISessionStore store, HandleSeal seal, SessionSnapshot origin, DateTimeOffset handlesExpire, bool transparent)
{
    private readonly Lock _gate = new();

    // Numbers of different connections must not meet: a session may be resumed from a state that is not its newest.
    private long _serial = origin.Epoch << 32;
    private SessionResumptionUpdate? _newest;
    private bool _offered;
    private bool _ended;

    internal string SessionId => origin.SessionId;

    /// <summary>Takes an offer of the model.</summary>
    /// <param name="state">What the model can resume from; null = it cannot.</param>
    /// <param name="consumed">Messages of the client, without the setup, that the model was given so far.</param>
    /// <param name="send">Sends an update, at once or when the state is kept; never at the same time from two threads.</param>
    internal void Checkpoint(object? state, long consumed, Action<SessionResumptionUpdate> send)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _offered = state is not null;
            if (state is null)
            {
                if (_newest is not null)
                    send(new SessionResumptionUpdate());
                _newest = null;
                return;
            }
            var serial = ++_serial;
            var saving = store.SaveAsync(origin with { Serial = serial, State = state });
            if (saving.IsCompletedSuccessfully)
                Saved(saving.GetAwaiter().GetResult(), serial, consumed, send);
            else
                _ = SavedAsync(saving.AsTask(), serial, consumed, send);
        }
    }

    /// <summary>Keeps a state and returns its handle, for a session that tells its client by itself; null where it was not kept.</summary>
    internal async ValueTask<string?> IssueAsync(object state)
    {
        long serial;
        ValueTask<bool> saving;
        lock (_gate)
        {
            if (_ended)
                return null;
            serial = ++_serial;
            saving = store.SaveAsync(origin with { Serial = serial, State = state });
        }
        var kept = await saving.ConfigureAwait(false);
        lock (_gate)
        {
            if (!kept || _ended)
                return null;
            _newest = new SessionResumptionUpdate { NewHandle = seal.Issue(origin.SessionId, serial, handlesExpire), Resumable = true };
            return _newest.NewHandle;
        }
    }

    /// <summary>Gives the newest handle once more, so that a client that is asked to go holds one.</summary>
    internal void ResendHandle(Action<SessionResumptionUpdate> send)
    {
        lock (_gate)
        {
            if (_newest is not null && !_ended)
                send(_newest);
        }
    }

    /// <summary>The connection is over; what the model says from now on is not kept.</summary>
    internal void End(bool forget)
    {
        lock (_gate)
            _ended = true;
        store.End(origin.SessionId, origin.Epoch, forget);
    }

    private async Task SavedAsync(Task<bool> saving, long serial, long consumed, Action<SessionResumptionUpdate> send)
    {
        var kept = await saving.ConfigureAwait(false);
        lock (_gate)
            Saved(kept, serial, consumed, send);
    }

    private void Saved(bool kept, long serial, long consumed, Action<SessionResumptionUpdate> send)
    {
        if (!kept || _ended || !_offered || serial != _serial)
            return;
        _newest = new SessionResumptionUpdate
        {
            NewHandle = seal.Issue(origin.SessionId, serial, handlesExpire),
            Resumable = true,
            LastConsumedClientMessageIndex = transparent ? consumed : null,
        };
        send(_newest);
    }
}

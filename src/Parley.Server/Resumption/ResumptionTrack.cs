using Parley.Protocol;

namespace Parley.Server;

/// <summary>The resumption of one connection of a session: turns what the model can resume from into handles (reference section 9.2).</summary>
internal sealed class ResumptionTrack(ISessionStore store, HandleSeal seal, SessionSnapshot origin, bool transparent)
{
    private readonly Lock _gate = new();

    // Numbers of different connections must not meet: a session may be resumed from a state that is not its newest.
    private long _serial = origin.Epoch << 32;
    private bool _resumable;
    private bool _ended;

    internal string SessionId => origin.SessionId;

    /// <summary>The update to send; null where there is nothing new to say.</summary>
    /// <param name="state">What the model can resume from; null = it cannot.</param>
    /// <param name="consumed">Messages of the client, without the setup, that the model was given so far.</param>
    internal SessionResumptionUpdate? Checkpoint(object? state, long consumed)
    {
        lock (_gate)
        {
            if (_ended)
                return null;
            if (state is null)
            {
                var changed = _resumable;
                _resumable = false;
                return changed ? new SessionResumptionUpdate() : null;
            }
            if (!store.Save(origin with { Serial = ++_serial, State = state }))
                return null;
            _resumable = true;
            return new SessionResumptionUpdate
            {
                NewHandle = seal.Issue(origin.SessionId, _serial),
                Resumable = true,
                LastConsumedClientMessageIndex = transparent ? consumed : null,
            };
        }
    }

    /// <summary>The connection is over; what the model says from now on is not kept.</summary>
    internal void End(bool forget)
    {
        lock (_gate)
            _ended = true;
        store.End(origin.SessionId, origin.Epoch, forget);
    }
}

namespace Parley.Server.Sessions;

/// <summary>
/// Where the states of sessions live that could be resumed. Every claim raises the session's epoch; a save with an older one is
/// refused, so that a session that was taken over cannot be written by its old owner.
/// </summary>
internal interface ISessionStore
{
    /// <summary>Keeps a state under its serial number; false where the session was taken over, or nothing could be kept.</summary>
    ValueTask<bool> SaveAsync(SessionSnapshot snapshot);

    /// <summary>The state a handle stands for, or null where it is over.</summary>
    ValueTask<SessionSnapshot?> FindAsync(string sessionId, long serial);

    /// <summary>Takes the session over, and returns the epoch to save with; null where it is over.</summary>
    ValueTask<long?> ClaimAsync(string sessionId);

    /// <summary>The session's connection ended: from now on its handles grow old.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="epoch">The epoch of the connection; an older one is ignored.</param>
    /// <param name="forget">The session itself is over: nothing is kept.</param>
    void End(string sessionId, long epoch, bool forget);
}

/// <summary>From what a session can be resumed.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Epoch">How often it was taken over when this was saved.</param>
/// <param name="Serial">Number of the state in the session.</param>
/// <param name="Model">Name of the model as <c>models/x</c>.</param>
/// <param name="Owner">Who may resume it.</param>
/// <param name="Started">When the session began.</param>
/// <param name="State">What the model said it could be resumed from.</param>
internal sealed record SessionSnapshot(string SessionId, long Epoch, long Serial, string Model, string Owner, DateTimeOffset Started, object State);

using Parley.Server.Access;

namespace Parley.Server.Sessions;

/// <summary>
/// Stores the states from which sessions can be resumed. Every claim increments the session's epoch; a save with an older epoch is refused, so that
/// the old connection of a session cannot overwrite what the new one saved.
/// </summary>
internal interface ISessionStore
{
    /// <summary>Saves a state under its serial number; false if the session was claimed by another connection, or the state could not be saved.</summary>
    ValueTask<bool> SaveAsync(SessionSnapshot snapshot);

    /// <summary>The state of a handle; null if it has expired.</summary>
    ValueTask<SessionSnapshot?> FindAsync(string sessionId, long serial);

    /// <summary>Claims the session, and returns the epoch to save with; null if the session has expired.</summary>
    ValueTask<long?> ClaimAsync(string sessionId);

    /// <summary>Records that the session's connection ended: the lifetime of its handles starts now.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="epoch">The epoch of the connection; an older one is ignored.</param>
    /// <param name="forget">The session itself is over: deletes its states.</param>
    void End(string sessionId, long epoch, bool forget);
}

/// <summary>A saved state, from which a session can be resumed.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Epoch">How often the session had been claimed when this was saved.</param>
/// <param name="Serial">Number of the state in the session.</param>
/// <param name="Model">Name of the model as <c>models/x</c>.</param>
/// <param name="Owner">Who may resume it.</param>
/// <param name="CredentialId">The credential of the owner that it ran with: <see cref="Caller.CredentialId"/>.</param>
/// <param name="Started">When the session began.</param>
/// <param name="State">The state that the model gave.</param>
internal sealed record SessionSnapshot(string SessionId, long Epoch, long Serial, string Model, string Owner, string CredentialId, DateTimeOffset Started, object State);

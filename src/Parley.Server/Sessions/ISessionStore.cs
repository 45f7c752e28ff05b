namespace Parley.Server;

/// <summary>
/// Stores the checkpoints from which sessions can be resumed. Several servers may share one store: a session then continues on any of them.
/// </summary>
/// <remarks>
/// Every claim of a session raises its epoch, in one atomic operation. A save, an end or a deletion with an older epoch changes nothing, so that the old
/// connection of a session, or a server that was suspended, cannot overwrite what the new one saved. All times come from the server's clock. A failed
/// operation throws <see cref="StorageException"/>; a cancelled one may still take effect. Safe for use by many threads.
/// </remarks>
public interface ISessionStore
{
    /// <summary>
    /// Saves a checkpoint; durable when the task completes. Keeps the newest three of a session: a client that missed the last update still holds the handle
    /// before it. Saving the same checkpoint again changes nothing.
    /// </summary>
    /// <returns>False if the session was claimed by another connection, or does not exist and <see cref="SessionCheckpoint.IsFirst"/> is false.</returns>
    ValueTask<bool> SaveAsync(SessionCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Returns a checkpoint with the current epoch of its session; null if there is none, or the session has expired.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="serial">The number of the checkpoint: <see cref="SessionCheckpoint.Serial"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<SessionCheckpoint?> FindAsync(string sessionId, long serial, CancellationToken cancellationToken);

    /// <summary>Claims a session for a new connection: raises its epoch and returns it; null if there is no such session, or it has expired.</summary>
    ValueTask<long?> ClaimAsync(string sessionId, CancellationToken cancellationToken);

    /// <summary>
    /// Records that the connection of a session has ended. Of the ended sessions <see cref="LiveSessionOptions.MaxResumableSessions"/> are kept, the newest.
    /// </summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="epoch">The epoch of the connection; if the session has another one, nothing changes.</param>
    /// <param name="expires">When the session expires, in place of <see cref="SessionCheckpoint.Expires"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask EndAsync(string sessionId, long epoch, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Deletes a session that is over, with all its checkpoints.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="epoch">The epoch of the connection; if the session has another one, nothing changes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask DeleteAsync(string sessionId, long epoch, CancellationToken cancellationToken);
}

namespace Parley.Server;

/// <summary>
/// Stores ephemeral tokens and counts their uses. Several servers may share one store. A failed operation throws <see cref="StorageException"/>; a cancelled
/// one may still take effect. Safe for use by many threads.
/// </summary>
public interface ITokenStore
{
    /// <summary>Adds a token. Adding it again changes nothing.</summary>
    /// <returns>False if there are <see cref="LiveSessionOptions.MaxTokens"/> unexpired tokens.</returns>
    ValueTask<bool> AddAsync(EphemeralToken token, CancellationToken cancellationToken);

    /// <summary>Returns the token of an id; null if it is unknown, or was deleted after its expiry.</summary>
    ValueTask<EphemeralToken?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Takes one use of a token, in one atomic operation: of callers that race for the last use, one gets it. Durable when the task completes. Taking a use
    /// again that was taken before under the same name returns true and counts nothing, so that a store may repeat it after a lost connection.
    /// </summary>
    /// <param name="id">The token.</param>
    /// <param name="useId">Name of the use: the id of the connection that takes it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False if no use is left, or there is no such token. A token without a number of uses always has one left.</returns>
    ValueTask<bool> RedeemAsync(string id, string useId, CancellationToken cancellationToken);

    /// <summary>Returns a use, because its session did not open. Returning it again, or one that was not taken, changes nothing.</summary>
    /// <param name="id">The token.</param>
    /// <param name="useId">Name of the use.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask ReturnAsync(string id, string useId, CancellationToken cancellationToken);
}

namespace Parley.Server;

/// <summary>
/// Stores virtual keys with the hashes of their secrets. Read at every connection and every 30 s for open sessions; not on the path of messages. Several
/// servers may share one store. A failed operation throws <see cref="StorageException"/>; a cancelled one may still take effect. Safe for use by many threads.
/// </summary>
public interface IKeyStore
{
    /// <summary>Whether there is any key, valid or not.</summary>
    ValueTask<bool> AnyAsync(CancellationToken cancellationToken);

    /// <summary>Adds a key. Adding it again changes nothing.</summary>
    ValueTask AddAsync(StoredKey key, CancellationToken cancellationToken);

    /// <summary>Returns the key of an id, also a revoked or expired one; null if there is none.</summary>
    ValueTask<StoredKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Returns all keys, newest first, then by id.</summary>
    ValueTask<IReadOnlyList<VirtualKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the limits of a key.</summary>
    /// <returns>False if there is no such key.</returns>
    ValueTask<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken);

    /// <summary>Revokes a key permanently. Revoking it again keeps the first time.</summary>
    /// <returns>False if there is no such key.</returns>
    ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);
}

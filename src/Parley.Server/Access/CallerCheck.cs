namespace Parley.Server.Access;

/// <summary>Checks again whether a caller may go on: the key with the keys, the user with the policy.</summary>
internal sealed class CallerCheck(KeyRing keys, UserRing users)
{
    /// <summary>Why the caller is no longer allowed, null if it still is, and the caller with the limits of now.</summary>
    /// <exception cref="StorageException">The store or the policy failed.</exception>
    internal async ValueTask<(Refusal? Refusal, Caller Caller)> RecheckAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.User is not null)
            return await users.RecheckAsync(caller, cancellationToken).ConfigureAwait(false);
        var (refusal, key) = await keys.RecheckAsync(caller.KeyId, cancellationToken).ConfigureAwait(false);
        return (refusal, caller with { Key = key });
    }
}

namespace Parley.Server.Access;

/// <summary>Stores ephemeral tokens, and counts their uses atomically.</summary>
internal interface ITokenStore
{
    /// <summary>Adds a token; false if there are too many.</summary>
    ValueTask<bool> AddAsync(EphemeralToken token);

    /// <summary>The token of an id; null if it is unknown or was removed after its expiry.</summary>
    EphemeralToken? Find(string id);

    /// <summary>Takes one use; false if none is left. A use stays taken even if the server crashes immediately afterwards.</summary>
    ValueTask<bool> TryUseAsync(EphemeralToken token);

    /// <summary>Returns one use that <see cref="TryUseAsync"/> took, because its session did not open.</summary>
    ValueTask ReturnUseAsync(EphemeralToken token);
}

namespace Parley.Server.Access;

/// <summary>Stores virtual keys, with the hashes of their secrets.</summary>
internal interface IKeyStore
{
    /// <summary>Whether there is any key, valid or not.</summary>
    bool Any();

    ValueTask AddAsync(VirtualKey key, byte[] hash);

    /// <summary>The key of an id and the hash of its secret; null if there is none.</summary>
    (VirtualKey Key, byte[] Hash)? Find(string id);

    /// <summary>All keys, newest first.</summary>
    IReadOnlyList<VirtualKey> List();

    /// <summary>Revokes a key permanently; false if there is none. Revoking twice keeps the first time.</summary>
    ValueTask<bool> RevokeAsync(string id, DateTimeOffset at);
}

namespace Parley.Server.Access;

/// <summary>Where virtual keys live, as hashes.</summary>
internal interface IKeyStore
{
    /// <summary>Whether there is any, valid or not.</summary>
    bool Any();

    ValueTask AddAsync(VirtualKey key, byte[] hash);

    /// <summary>The key of an id and the hash it is to have; null where there is none.</summary>
    (VirtualKey Key, byte[] Hash)? Find(string id);

    /// <summary>All, the newest first.</summary>
    IReadOnlyList<VirtualKey> List();

    /// <summary>Revokes a key for good; false where there is none. Revoking twice keeps the first time.</summary>
    ValueTask<bool> RevokeAsync(string id, DateTimeOffset at);
}

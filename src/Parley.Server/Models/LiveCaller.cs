namespace Parley.Server;

/// <summary>Who opened a session.</summary>
public sealed class LiveCaller
{
    private readonly Func<string, string?>? _idOf;

    /// <summary>Creates a caller, for tests of models.</summary>
    /// <param name="keyId">The id of its key.</param>
    /// <param name="owner">Whom its sessions belong to.</param>
    /// <param name="hasToken">Whether it came with an ephemeral token.</param>
    public LiveCaller(string keyId, string owner, bool hasToken = false)
        : this(keyId, owner, hasToken, null)
    {
    }

    internal LiveCaller(string keyId, string owner, bool hasToken, Func<string, string?>? idOf)
    {
        (KeyId, Owner, HasToken) = (keyId, owner, hasToken);
        _idOf = idOf;
    }

    /// <summary>Id of the key: that of a virtual key, or <c>configured-5f3a91c0</c>, or <c>development</c>. Fit for logs.</summary>
    public string KeyId { get; }

    /// <summary>Whom sessions belong to; the same for all tokens of a key. Not for logs.</summary>
    public string Owner { get; }

    /// <summary>Whether it came with an ephemeral token.</summary>
    public bool HasToken { get; }

    /// <summary>Whether the caller's key is meant by a name in a configuration: the id of a key, or a configured key itself.</summary>
    public bool HasKey(string keyOrId) => keyOrId == KeyId || _idOf?.Invoke(keyOrId) == KeyId;
}

using System.Security.Claims;
using System.Text.Json.Serialization;

namespace Parley.Server;

/// <summary>Who opened a session.</summary>
public sealed class LiveCaller
{
    private readonly Func<string, string?>? _idOf;

    /// <summary>Creates a caller, for tests of models.</summary>
    /// <param name="keyId">The id of its key.</param>
    /// <param name="owner">The owner of its sessions.</param>
    /// <param name="hasToken">Whether it used an ephemeral token.</param>
    public LiveCaller(string keyId, string owner, bool hasToken = false)
        : this(keyId, owner, hasToken, null)
    {
    }

    internal LiveCaller(string keyId, string owner, bool hasToken, Func<string, string?>? idOf)
    {
        (KeyId, Owner, HasToken) = (keyId, owner, hasToken);
        _idOf = idOf;
    }

    /// <summary>
    /// Id of the key: the id of a virtual key, <c>configured-5f3a91c0</c> or <c>development</c>; of a user <c>user-</c> and a keyed hash, or <c>users-</c> and the
    /// <see cref="LiveUser.Group"/>. May be logged.
    /// </summary>
    public string KeyId { get; }

    /// <summary>Owner of the sessions; the same for all tokens of a key, <c>user:</c> and the id for a user. Do not log it.</summary>
    [JsonIgnore]
    public string Owner { get; }

    /// <summary>Whether it used an ephemeral token.</summary>
    public bool HasToken { get; }

    /// <summary>The <see cref="LiveUser.Id"/> of a user; null if a key opened the session, or a token of a key. Do not log it.</summary>
    [JsonIgnore]
    public string? UserId { get; init; }

    /// <summary>
    /// The principal of the upgrade request, if a scheme of the application has authenticated it. Null otherwise, such as with an ephemeral token alone. Read it only: it is shared.
    /// </summary>
    [JsonIgnore]
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>Facts from the policy of users (<see cref="LiveUser.Metadata"/>) or the creator of the token (<see cref="LiveTokenRequest.Metadata"/>); empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? LiveMetadata.None; } = LiveMetadata.None;

    /// <summary>Whether the caller uses a key, given its id or, for a configured key, the key itself.</summary>
    public bool HasKey(string keyOrId) => keyOrId == KeyId || _idOf?.Invoke(keyOrId) == KeyId;
}

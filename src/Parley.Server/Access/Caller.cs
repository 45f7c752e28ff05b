using System.Security.Claims;

namespace Parley.Server.Access;

/// <summary>Who opens a session.</summary>
/// <param name="Owner">Owner of the sessions, the same for tokens minted with the key. Does not reveal the key, but must not be logged.</param>
/// <param name="KeyId">Display id of the key: the id of a virtual key, of a user or its group, otherwise <c>configured-5f3a91c0</c> or <c>development</c>.</param>
/// <param name="Key">The virtual key, or the limits of a user in the form of one; null if it is another key.</param>
/// <param name="Token">The ephemeral token; null if there is none.</param>
internal sealed record Caller(string Owner, string KeyId, VirtualKey? Key = null, EphemeralToken? Token = null)
{
    /// <summary>The user, if a scheme of the application has authenticated the caller, or the token is one of a user; null for keys.</summary>
    internal LiveUser? User { get; init; }

    /// <summary>The principal of the request; null if it has none.</summary>
    internal ClaimsPrincipal? Principal { get; init; }

    /// <summary>When the credential of the user expires; null if that is unknown, or a key or token decides.</summary>
    internal DateTimeOffset? Expires { get; init; }

    /// <summary>What the token or the user locks. A token of a user has the lock of the user in its own.</summary>
    internal SetupLock Lock => Token?.SetupLock ?? (User is null ? SetupLock.None : new SetupLock(User.Setup, User.FieldMask));

    /// <summary>The token or the user locks a setup or fields of it.</summary>
    internal bool IsLocked => !Lock.IsNone;

    /// <summary>Which credential of the owner this is, stored with sessions: empty for the key itself, otherwise the id of the token and the hash of what it locks. Not secret.</summary>
    internal string CredentialId { get; } = Token is null ? "" : $"{Token.Id}:{Token.SetupLock.Hash}";

    /// <summary>
    /// Whether this caller may continue a session of the same owner. A key may continue each of them, a token its own, and another one only if the same was
    /// locked for it: a lock must not be put on, or taken off, a conversation that somebody else had.
    /// </summary>
    /// <param name="credential">The <see cref="CredentialId"/> that the session ran with.</param>
    internal bool MayContinue(string credential) => Token is null || Token.SetupLock.Hash == LockOf(credential);

    /// <summary>Whether a session ran with this very credential, or this is the key: continuing it takes no use.</summary>
    internal bool IsOwn(string credential) => Token is null || credential == CredentialId;

    /// <summary>What a model and an observer learn about this caller.</summary>
    internal LiveCaller Describe(KeyRing keys) => new(KeyId, Owner, Token is not null, keys.IdOf)
    {
        UserId = User?.Id,
        Principal = Principal,
        Metadata = Token?.Metadata ?? User?.Metadata ?? LiveMetadata.None,
    };

    private static string LockOf(string credential) => credential[(credential.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>The token or the user locks instruction or tools, so no later message may change them either (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#45-contextupdate-new-autumn-2026">protocol 4.5</see>).</summary>
    internal bool PinsContext => Lock.LocksContext;
}

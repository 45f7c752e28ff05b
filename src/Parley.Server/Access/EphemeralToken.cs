using Parley.Protocol;
using Parley.Server.Access;

namespace Parley.Server;

/// <summary>
/// An ephemeral token (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-ephemeral-tokens">protocol 11</see>) without the name that
/// clients use. Immutable: <see cref="ITokenStore"/> counts the uses.
/// </summary>
public sealed record EphemeralToken
{
    /// <summary>Id in the store; sealed in the name that clients get.</summary>
    public required string Id { get; init; }

    /// <summary>Owner of the key or the user it was created with: <see cref="LiveCaller.Owner"/>. Do not log it.</summary>
    public required string Owner { get; init; }

    /// <summary>Id of that key, or of the user or its group, for limits and usage.</summary>
    public required string KeyId { get; init; }

    /// <summary>New sessions it may open; null = any number.</summary>
    public required int? Uses { get; init; }

    /// <summary>End of every session on it.</summary>
    public required DateTimeOffset ExpireTime { get; init; }

    /// <summary>Time after which it opens no new session.</summary>
    public required DateTimeOffset NewSessionExpireTime { get; init; }

    /// <summary>The locked configuration; null = none.</summary>
    public required Setup? Setup { get; init; }

    /// <summary>Paths of <see cref="Setup"/> that override the client's; empty = all.</summary>
    public required IReadOnlyList<string> FieldMask { get; init; }

    /// <summary>The <see cref="LiveUser.Id"/> of the user that it was created for; null if it is a token of a key. Do not log it.</summary>
    public string? UserId { get; init; }

    /// <summary>The limits of the user at the creation; null if it is a token of a key.</summary>
    public KeyLimits? UserLimits { get; init; }

    /// <summary>Facts for models: <see cref="LiveCaller.Metadata"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? LiveMetadata.None; } = LiveMetadata.None;

    /// <summary>What it locks.</summary>
    internal SetupLock SetupLock => new(Setup, FieldMask);

    /// <summary>User, limits and metadata as JSON, for a store.</summary>
    /// <returns>Null if there are none.</returns>
    public string? SerializeIdentity() => TokenIdentity.Serialize(this);

    /// <summary>A copy with what <see cref="SerializeIdentity"/> returned.</summary>
    /// <param name="identity">The stored JSON; null = no user and no metadata.</param>
    /// <exception cref="FormatException">It is not such JSON.</exception>
    public EphemeralToken WithIdentity(string? identity) => TokenIdentity.Restore(this, identity);

    /// <summary>The id; neither owner nor setup.</summary>
    public override string ToString() => $"{nameof(EphemeralToken)}({Id})";
}

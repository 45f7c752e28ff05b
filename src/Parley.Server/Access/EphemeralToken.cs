using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// An ephemeral token (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-ephemeral-tokens">protocol 11</see>) without the name that
/// clients use. Immutable: <see cref="ITokenStore"/> counts the uses.
/// </summary>
public sealed record EphemeralToken
{
    /// <summary>Id in the store; sealed in the name that clients get.</summary>
    public required string Id { get; init; }

    /// <summary>Owner of the key it was created with: <see cref="LiveCaller.Owner"/>. Do not log it.</summary>
    public required string Owner { get; init; }

    /// <summary>Id of that key, for its limits and its usage.</summary>
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

    /// <summary>Hash of what it locks, the same for tokens that lock the same; empty = nothing.</summary>
    internal string Lock
    {
        get
        {
            if (Setup is null && FieldMask is [])
                return "";
            var locked = new ArrayBufferWriter<byte>();
            if (Setup is not null)
                LiveCodec.Encode(Setup, locked);
            locked.Write(Encoding.UTF8.GetBytes("\n" + string.Join(',', FieldMask.Order(StringComparer.Ordinal))));
            return Convert.ToHexStringLower(SHA256.HashData(locked.WrittenSpan));
        }
    }

    /// <summary>The id; neither owner nor setup.</summary>
    public override string ToString() => $"{nameof(EphemeralToken)}({Id})";
}

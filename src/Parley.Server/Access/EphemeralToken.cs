using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Parley.Protocol;

namespace Parley.Server.Access;

/// <summary>An ephemeral token (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-ephemeral-tokens">protocol 11</see>). Immutable: its store counts the uses.</summary>
internal sealed record EphemeralToken
{
    /// <summary>Id in the store; sealed in the name that clients get.</summary>
    internal required string Id { get; init; }

    /// <summary>Owner of the key it was minted with.</summary>
    internal required string Owner { get; init; }

    /// <summary>Id of that key, for its limits and its usage.</summary>
    internal required string KeyId { get; init; }

    /// <summary>New sessions it may open; null = any number.</summary>
    internal required int? Uses { get; init; }

    /// <summary>End of every session on it.</summary>
    internal required DateTimeOffset ExpireTime { get; init; }

    /// <summary>Time after which it opens no new session.</summary>
    internal required DateTimeOffset NewSessionExpireTime { get; init; }

    /// <summary>The locked configuration; null = none.</summary>
    internal required Setup? Setup { get; init; }

    /// <summary>Paths of <see cref="Setup"/> that override the client's; empty = all.</summary>
    internal required IReadOnlyList<string> FieldMask { get; init; }

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
}

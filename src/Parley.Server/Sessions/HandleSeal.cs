using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// Issues and opens resumption handles: session, serial number of the state (the epoch in its upper half) and expiry, authenticated with a key of this
/// server. A valid seal proves that a handle was issued here, so an invented one (1007) is distinguished from an expired one (1008) without storing it.
/// </summary>
internal sealed class HandleSeal(ISecretStore secrets)
{
    private const int IdBytes = RandomId.Bytes, SerialBytes = 8, ExpiryBytes = 8, SealBytes = 16, BodyBytes = IdBytes + SerialBytes + ExpiryBytes;

    private ReadOnlyMemory<byte> _key;

    /// <summary>Loads the key; called at the start of the server.</summary>
    internal async ValueTask LoadAsync(CancellationToken cancellationToken) => _key = await secrets.GetKeyAsync("handles", cancellationToken).ConfigureAwait(false);

    internal string Issue(string sessionId, long serial, DateTimeOffset expires)
    {
        Span<byte> handle = stackalloc byte[BodyBytes + SealBytes];
        Convert.FromHexString(sessionId, handle[..IdBytes], out _, out _);
        BinaryPrimitives.WriteInt64BigEndian(handle[IdBytes..], serial);
        BinaryPrimitives.WriteInt64BigEndian(handle[(IdBytes + SerialBytes)..], expires.ToUnixTimeMilliseconds());
        Seal(handle[..BodyBytes], handle[BodyBytes..]);
        return Base64Url.EncodeToString(handle);
    }

    internal bool TryOpen(string handle, out string sessionId, out long serial, out DateTimeOffset expires)
    {
        (sessionId, serial, expires) = ("", 0, default);
        Span<byte> bytes = stackalloc byte[BodyBytes + SealBytes];
        // Longer than any handle: not issued here, and not worth decoding.
        if (handle.Length > 2 * bytes.Length || !Base64Url.IsValid(handle, out var length) || length != bytes.Length)
            return false;
        Base64Url.DecodeFromChars(handle, bytes);
        Span<byte> seal = stackalloc byte[SealBytes];
        Seal(bytes[..BodyBytes], seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, bytes[BodyBytes..]))
            return false;
        sessionId = Convert.ToHexStringLower(bytes[..IdBytes]);
        serial = BinaryPrimitives.ReadInt64BigEndian(bytes[IdBytes..]);
        expires = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes[(IdBytes + SerialBytes)..]));
        return true;
    }

    private void Seal(ReadOnlySpan<byte> body, Span<byte> seal)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (_key.IsEmpty)
            throw new InvalidOperationException("The key of handles is loaded when the host starts. Start it first.");
        HMACSHA256.HashData(_key.Span, body, whole);
        whole[..SealBytes].CopyTo(seal);
    }
}

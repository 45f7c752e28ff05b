using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Parley.Server;

/// <summary>
/// Handles: session and number of the state, sealed with a key of this process. A handle with a good seal was issued here, so that
/// what was never issued (1007) can be told from what is over (1008) without remembering anything.
/// </summary>
internal sealed class HandleSeal
{
    private const int IdBytes = 16, SerialBytes = 8, SealBytes = 16, BodyBytes = IdBytes + SerialBytes;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>An id for a session, of the form <see cref="Issue"/> takes.</summary>
    internal static string NewSessionId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    internal string Issue(string sessionId, long serial)
    {
        Span<byte> handle = stackalloc byte[BodyBytes + SealBytes];
        Convert.FromHexString(sessionId, handle[..IdBytes], out _, out _);
        BinaryPrimitives.WriteInt64BigEndian(handle[IdBytes..], serial);
        Seal(handle[..BodyBytes], handle[BodyBytes..]);
        return Base64Url.EncodeToString(handle);
    }

    internal bool TryOpen(string handle, out string sessionId, out long serial)
    {
        (sessionId, serial) = ("", 0);
        Span<byte> bytes = stackalloc byte[BodyBytes + SealBytes];
        // Longer than any handle: not ours, and not to be decoded.
        if (handle.Length > 2 * bytes.Length || !Base64Url.IsValid(handle, out var length) || length != bytes.Length)
            return false;
        Base64Url.DecodeFromChars(handle, bytes);
        Span<byte> seal = stackalloc byte[SealBytes];
        Seal(bytes[..BodyBytes], seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, bytes[BodyBytes..]))
            return false;
        sessionId = Convert.ToHexStringLower(bytes[..IdBytes]);
        serial = BinaryPrimitives.ReadInt64BigEndian(bytes[IdBytes..]);
        return true;
    }

    private void Seal(ReadOnlySpan<byte> body, Span<byte> seal)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, body, whole);
        whole[..SealBytes].CopyTo(seal);
    }
}

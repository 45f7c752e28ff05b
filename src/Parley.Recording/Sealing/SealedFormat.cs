using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Recording.Sealing;

/// <summary>
/// An encrypted file: a head with a key of its own, which Data Protection protects, then chunks. A chunk is its length (4 bytes little-endian, the
/// highest bit marks the last one), the tag of AES-256-GCM (16 bytes) and the ciphertext. The nonce is the number of the chunk, and the length is
/// authenticated, so chunks cannot be changed, moved or left out.
/// <code>PRLYREC1 | length of the key (2) | protected key | chunk … | last chunk</code>
/// </summary>
internal static class SealedFormat
{
    internal const int KeyBytes = 32, TagBytes = 16, LengthBytes = 4, ChunkHeadBytes = LengthBytes + TagBytes, MaxChunkBytes = 64 << 10;

    internal const uint LastChunk = 0x8000_0000;

    /// <summary>The last chunk was added after a crash. Its nonce is another one: a chunk with the same number may have been written in part.</summary>
    internal const uint RepairChunk = 0x4000_0000;

    internal static ReadOnlySpan<byte> Magic => "PRLYREC1"u8;

    internal static IDataProtector ProtectorOf(IDataProtectionProvider protection) => protection.CreateProtector("Parley.Recording");

    internal static byte[] Nonce(long chunk, bool isRepair = false)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(nonce.AsSpan(4), chunk);
        nonce[0] = isRepair ? (byte)1 : (byte)0;
        return nonce;
    }

    /// <summary>Reads the head of a file.</summary>
    /// <exception cref="InvalidDataException">It is not such a file, or its key cannot be decrypted.</exception>
    internal static AesGcm ReadHead(Stream stream, IDataProtectionProvider protection)
    {
        Span<byte> head = stackalloc byte[10];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.StartsWith(Magic))
            throw new InvalidDataException("Not an encrypted file of a record.");
        var sealedKey = new byte[BinaryPrimitives.ReadUInt16LittleEndian(head[8..])];
        if (stream.ReadAtLeast(sealedKey, sealedKey.Length, throwOnEndOfStream: false) < sealedKey.Length)
            throw new InvalidDataException("The encrypted file is truncated.");
        try
        {
            return new AesGcm(ProtectorOf(protection).Unprotect(sealedKey), TagBytes);
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException("The record was encrypted with other keys, or was changed. Give the data folder or the database of the server that wrote it.", e);
        }
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Recording.Sealing;

/// <summary>Encrypts what is written to a file, <see cref="SealedFormat"/>. A flush ends a chunk; disposing ends the file.</summary>
internal sealed class SealedWriter : WriteOnlyStream
{
    private readonly Stream _stream;
    private readonly AesGcm _cipher;
    private readonly byte[] _plain = new byte[SealedFormat.MaxChunkBytes];
    private readonly byte[] _chunk = new byte[SealedFormat.ChunkHeadBytes + SealedFormat.MaxChunkBytes];
    private int _count;
    private long _chunks;
    private bool _disposed;

    internal SealedWriter(Stream stream, IDataProtectionProvider protection)
    {
        _stream = stream;
        var key = RandomNumberGenerator.GetBytes(SealedFormat.KeyBytes);
        _cipher = new AesGcm(key, SealedFormat.TagBytes);
        var sealedKey = SealedFormat.ProtectorOf(protection).Protect(key);
        CryptographicOperations.ZeroMemory(key);
        var head = new byte[10];
        SealedFormat.Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), (ushort)sealedKey.Length);
        stream.Write(head);
        stream.Write(sealedKey);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var take = Math.Min(buffer.Length, _plain.Length - _count);
            buffer[..take].CopyTo(_plain.AsSpan(_count));
            _count += take;
            buffer = buffer[take..];
            if (_count == _plain.Length)
                WriteChunk(0);
        }
    }

    public override void Flush()
    {
        if (_count > 0)
            WriteChunk(0);
        _stream.Flush();
    }

    /// <summary>Writes the last chunk.</summary>
    internal void Complete()
    {
        WriteChunk(SealedFormat.LastChunk);
        _stream.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed && disposing)
        {
            _disposed = true;
            CryptographicOperations.ZeroMemory(_plain);
            _cipher.Dispose();
            _stream.Dispose();
        }
        base.Dispose(disposing);
    }

    private void WriteChunk(uint flag)
    {
        var length = _chunk.AsSpan(0, SealedFormat.LengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)_count | flag);
        _cipher.Encrypt(
            SealedFormat.Nonce(_chunks++), _plain.AsSpan(0, _count), _chunk.AsSpan(SealedFormat.ChunkHeadBytes, _count), _chunk.AsSpan(SealedFormat.LengthBytes, SealedFormat.TagBytes), length);
        _stream.Write(_chunk.AsSpan(0, SealedFormat.ChunkHeadBytes + _count));
        _count = 0;
    }
}

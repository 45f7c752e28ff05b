using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Recording.Sealing;

/// <summary>Decrypts a file, <see cref="SealedFormat"/>, from its beginning to its end. What it returns is authentic; that it is complete is known at the
/// end only.</summary>
internal sealed class SealedReader(Stream stream, IDataProtectionProvider protection) : Stream
{
    private readonly AesGcm _cipher = SealedFormat.ReadHead(stream, protection);
    private readonly byte[] _plain = new byte[SealedFormat.MaxChunkBytes], _chunk = new byte[SealedFormat.MaxChunkBytes];
    private int _at, _count;
    private bool _isLast;

    /// <summary>Chunks that were read.</summary>
    internal long Chunks { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The file was changed or truncated.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_at == _count && !_isLast && buffer.Length > 0)
            ReadChunk();
        var read = Math.Min(buffer.Length, _count - _at);
        _plain.AsSpan(_at, read).CopyTo(buffer);
        _at += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            stream.Dispose();
        }
        base.Dispose(disposing);
    }

    private void ReadChunk()
    {
        Span<byte> head = stackalloc byte[SealedFormat.ChunkHeadBytes];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            throw Truncated();
        var word = BinaryPrimitives.ReadUInt32LittleEndian(head);
        var length = word & ~(SealedFormat.LastChunk | SealedFormat.RepairChunk);
        if (length > SealedFormat.MaxChunkBytes)
            throw Changed(null);
        var cipher = _chunk.AsSpan(0, (int)length);
        if (stream.ReadAtLeast(cipher, cipher.Length, throwOnEndOfStream: false) < cipher.Length)
            throw Truncated();
        try
        {
            _cipher.Decrypt(SealedFormat.Nonce(Chunks, (word & SealedFormat.RepairChunk) != 0), cipher, head[SealedFormat.LengthBytes..], _plain.AsSpan(0, cipher.Length), head[..SealedFormat.LengthBytes]);
        }
        catch (CryptographicException e)
        {
            throw Changed(e);
        }
        Chunks++;
        (_at, _count, _isLast) = (0, cipher.Length, (word & SealedFormat.LastChunk) != 0);
        if (_isLast && stream.ReadByte() >= 0)
            throw Changed(null);
    }

    private static InvalidDataException Truncated() => new("The encrypted file is truncated: its end is missing.");

    private static InvalidDataException Changed(Exception? cause) => new("The encrypted file was changed or is damaged.", cause);
}

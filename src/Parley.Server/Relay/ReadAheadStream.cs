using System.Buffers;
using System.Runtime.CompilerServices;

namespace Parley.Server.Relay;

/// <summary>
/// Reads a connection in large pieces. The socket of the framework reads the head of each frame apart from its body, two system calls a frame;
/// from here the second one, and all frames that came together, are copied. While nothing is there it holds no buffer.
/// </summary>
internal sealed class ReadAheadStream(Stream inner) : Stream
{
    /// <summary>Some 15 frames of 20 ms, or three answers of 40 ms.</summary>
    private const int BufferBytes = 16 << 10;

    private byte[]? _buffer;
    private int _at, _end;
    private bool _waited;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at < _end)
            return new(buffer.IsEmpty ? 0 : Take(buffer.Span));
        // A read of nothing waits for something; a read of much goes past us.
        _waited |= buffer.IsEmpty;
        return buffer.IsEmpty || buffer.Length >= BufferBytes ? inner.ReadAsync(buffer, cancellationToken) : FillAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => _at < _end ? Take(buffer) : inner.Read(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // The buffer is only rented when there is something to put into it; mostly the caller has waited for that already.
        if (!_waited)
            await inner.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        _waited = false;
        _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            (_at, _end) = (0, await inner.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            (_at, _end) = (0, 0);
            Release();
            throw;
        }
        if (_end > 0)
            return Take(buffer.Span);
        Release();
        return 0;
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _end - _at);
        _buffer.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        if (_at == _end)
            Release();
        return count;
    }

    private void Release()
    {
        ArrayPool<byte>.Shared.Return(_buffer!);
        _buffer = null;
    }
}

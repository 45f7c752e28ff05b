namespace Parley.Server.Relay;

/// <summary>
/// A new connection to an upstream during the HTTP upgrade. A read never returns bytes beyond the end of a header block, so that what follows the upgrade
/// response is available to <see cref="Take"/>.
/// </summary>
internal sealed class UpstreamHandshake(Stream inner) : Stream
{
    private byte[] _early = [];
    private int _ending; // bytes of CRLFCRLF at the end of what was returned
    private bool _taken;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes the connection over; disposing this does nothing from now on.</summary>
    /// <returns>The connection, and the bytes that were read but not returned.</returns>
    internal (Stream Stream, byte[] Early) Take()
    {
        _taken = true;
        return (inner, _early);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int length;
        if (_early.Length > 0)
        {
            length = Math.Min(_early.Length, buffer.Length);
            _early.AsSpan(0, length).CopyTo(buffer.Span);
            _early = _early[length..];
        }
        else
        {
            length = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        var returned = UpToHeadersEnd(buffer.Span[..length]);
        if (returned < length)
            _early = [.. buffer.Span[returned..length], .. _early];
        return returned;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_taken)
            inner.Dispose();
        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_taken)
            await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // Number of bytes up to the end of a header block, or all.
    private int UpToHeadersEnd(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            _ending = bytes[i] == "\r\n\r\n"u8[_ending] ? _ending + 1 : bytes[i] == '\r' ? 1 : 0;
            if (_ending != 4)
                continue;
            _ending = 0;
            return i + 1;
        }
        return bytes.Length;
    }
}

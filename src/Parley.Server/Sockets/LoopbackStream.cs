using System.Buffers;
using System.IO.Pipelines;

namespace Parley.Server.Sockets;

/// <summary>
/// One end of a connection in memory: a byte stream in each direction with back-pressure, so that a slow end makes the other wait. A zero-byte read waits
/// for data, as <see cref="FrameSocket"/> needs. Disposing one end ends the other's reads and fails its writes.
/// </summary>
internal sealed class LoopbackStream : Stream
{
    // As much as a socket holds: about half a second of audio with its base64 and JSON.
    private static readonly PipeOptions Options = new(pauseWriterThreshold: 64 << 10, resumeWriterThreshold: 32 << 10, useSynchronizationContext: false);

    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private int _disposed;

    private LoopbackStream(PipeReader reader, PipeWriter writer) => (_reader, _writer) = (reader, writer);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Creates the two ends of a connection.</summary>
    internal static (LoopbackStream Client, LoopbackStream Server) CreatePair()
    {
        var (up, down) = (new Pipe(Options), new Pipe(Options));
        return (new LoopbackStream(down.Reader, up.Writer), new LoopbackStream(up.Reader, down.Writer));
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
                throw Closed(null);
            var taken = result.Buffer.Slice(0, Math.Min(buffer.Length, result.Buffer.Length));
            taken.CopyTo(buffer.Span);
            var count = (int)taken.Length;
            _reader.AdvanceTo(taken.End);
            return count;
        }
        catch (InvalidOperationException e)
        {
            // This end was disposed meanwhile.
            throw Closed(e);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var result = await _writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted || result.IsCanceled)
                throw Closed(null);
        }
        catch (InvalidOperationException e)
        {
            throw Closed(e);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _reader.CancelPendingRead();
            _writer.CancelPendingFlush();
            _writer.Complete();
            _reader.Complete();
        }
        base.Dispose(disposing);
    }

    private static IOException Closed(Exception? cause) => new("The connection in memory is closed.", cause);
}

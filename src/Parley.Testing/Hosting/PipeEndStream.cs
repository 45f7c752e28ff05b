using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Parley.Testing.Hosting;

/// <summary>
/// The client's end of a connection as a stream. It ends in one of four ways, from any thread and at any moment:
/// the client disposes it (the server reads to the end); <see cref="Reset"/> (both sides fail, bytes in flight are lost);
/// <see cref="ServerAborted"/> (bytes flushed by the server can still be read, then the stream ends) or <see cref="ServerReset"/> (then reading fails).
/// The pipes are only used under the lock, and the input is never completed during a read.
/// </summary>
internal sealed class PipeEndStream(PipeReader input, PipeWriter output, Action onClosed, Activity activity) : Stream
{
    private readonly Lock _gate = new();
    private State _state = State.Open;
    private bool _reading;
    private bool _inputCompleted;
    private bool _failsAtEnd;
    private ReadOnlyMemory<byte> _leftover;

    private enum State
    {
        Open,
        ServerAborted,
        Reset,
        Disposed,
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Reset() => End(State.Reset, new ConnectionResetException("The connection was reset by the client."));

    public void ServerAborted(Exception reason) => End(State.ServerAborted, reason);

    public void ServerReset(Exception reason)
    {
        lock (_gate)
            _failsAtEnd = true;
        End(State.ServerAborted, reason);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ThrowIfLost();
            if (_reading)
                throw new InvalidOperationException("A connection has one reader at a time.");
            if (_inputCompleted)
                return TakeLeftover(buffer.Span);
            _reading = true;
        }

        try
        {
            while (true)
            {
                var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
                lock (_gate)
                {
                    ThrowIfLost();
                    if (buffer.IsEmpty || !result.Buffer.IsEmpty || result.IsCompleted || _state is State.ServerAborted)
                        return Take(result, buffer.Span);
                    input.AdvanceTo(result.Buffer.Start);
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _reading = false;
                CompleteInputIfEnded();
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flush;
        activity.Count();
        lock (_gate)
        {
            ThrowIfNotWritable();
            output.Write(buffer.Span);
            flush = output.FlushAsync(cancellationToken);
        }

        var result = await flush.ConfigureAwait(false);
        lock (_gate)
            ThrowIfNotWritable();
        if (result.IsCompleted)
            throw new IOException("The server closed the connection.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End(State.Disposed, reason: null);
            onClosed();
        }

        base.Dispose(disposing);
    }

    private void End(State end, Exception? reason)
    {
        lock (_gate)
        {
            if (_state >= end)
                return;
            if (_state is State.Open)
            {
                output.Complete(reason);
                output.CancelPendingFlush();
            }

            _state = end;
            if (_reading)
            {
                input.CancelPendingRead();
            }
            else
            {
                CompleteInputIfEnded();
            }
        }
    }

    // Also frees a server that waits for this client to read.
    private void CompleteInputIfEnded()
    {
        if (_state is State.Open || _inputCompleted)
            return;
        if (_state is State.ServerAborted && input.TryRead(out var rest))
        {
            _leftover = rest.Buffer.ToArray();
            input.AdvanceTo(rest.Buffer.End);
        }

        input.Complete();
        _inputCompleted = true;
    }

    private int Take(ReadResult result, Span<byte> buffer)
    {
        activity.Count();
        var count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var taken = result.Buffer.Slice(0, count);
        taken.CopyTo(buffer);
        input.AdvanceTo(taken.End);
        if (count == 0 && buffer.Length > 0)
            ThrowIfFailed();
        return count;
    }

    private int TakeLeftover(Span<byte> buffer)
    {
        var taken = _leftover[..Math.Min(buffer.Length, _leftover.Length)];
        taken.Span.CopyTo(buffer);
        _leftover = _leftover[taken.Length..];
        if (taken.IsEmpty && buffer.Length > 0)
            ThrowIfFailed();
        return taken.Length;
    }

    private void ThrowIfFailed()
    {
        if (_failsAtEnd)
            throw new IOException("The connection was reset.");
    }

    private void ThrowIfLost()
    {
        ObjectDisposedException.ThrowIf(_state is State.Disposed, this);
        if (_state is State.Reset)
            throw new IOException("The connection was reset.");
    }

    private void ThrowIfNotWritable()
    {
        ThrowIfLost();
        if (_state is State.ServerAborted)
            throw new IOException("The server aborted the connection.");
    }
}

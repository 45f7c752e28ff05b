using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Parley.Protocol.Internal;
using Parley.Server.Wire;

namespace Parley.Server.Sockets;

/// <summary>A connection whose socket can be taken over.</summary>
internal interface IDirectConnection
{
    /// <summary>
    /// Takes the socket over, once nothing else reads or writes the connection; null if another layer is in between, such as TLS.
    /// </summary>
    /// <returns>The socket as a stream, and the bytes that were read from it already.</returns>
    (Stream Stream, byte[] Early)? Take();
}

/// <summary>An accepted socket, as a connection of Kestrel.</summary>
#pragma warning disable CA1001 // See the comment on _closed.
internal sealed class DirectConnection : DefaultConnectionContext, IDirectConnection, IConnectionSocketFeature
#pragma warning restore CA1001
{
    /// <summary>Time the client has to close its side after the server closed its own.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>Two seconds of audio. Linux doubles the value for its bookkeeping.</summary>
    private const int SendBufferBytes = 128 << 10;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly RequestStream _requests;
    private readonly Pipes _pipes;
    private readonly RateLimiter _discardLimit;
    private readonly TimeProvider _time;
    // Never disposed: it holds no resource, and a late thread may still cancel it.
    private readonly CancellationTokenSource _closed = new();
    private volatile bool _aborted;

    internal DirectConnection(Socket socket, RateLimiter discardLimit, TimeProvider time)
        : base(RandomId.New())
    {
        (_socket, _discardLimit, _time) = (socket, discardLimit, time);
        ConnectionClosed = _closed.Token;
        // Frames are written whole: delaying them to combine packets only adds latency.
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        // Otherwise the operating system buffers megabytes for a client that does not read.
        socket.SendBufferSize = SendBufferBytes;
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _requests = new RequestStream(this);
        Transport = _pipes = new Pipes(
            PipeReader.Create(_requests, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true)),
            PipeWriter.Create(_requests, new StreamPipeWriterOptions(leaveOpen: true)));
        Features.Set<IDirectConnection>(this);
        Features.Set<IConnectionSocketFeature>(this);
    }

    public Socket Socket => _socket;

    public (Stream Stream, byte[] Early)? Take()
    {
        if (!ReferenceEquals(Transport, _pipes))
            return null;
        var early = Array.Empty<byte>();
        if (_pipes.Input.TryRead(out var read))
        {
            early = read.Buffer.ToArray();
            _pipes.Input.AdvanceTo(read.Buffer.End);
        }
        return (_stream, early);
    }

    /// <summary>Called when Kestrel aborts the connection: reads end, writes fail.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _aborted = true;
        Shutdown(SocketShutdown.Both);
        SignalClosed();
    }

    public override async ValueTask DisposeAsync()
    {
        // Closing a socket with unread input resets it, and the client may not receive what was written last.
        if (!_aborted && Shutdown(SocketShutdown.Send))
            await DrainAsync().ConfigureAwait(false);
        // Both streams: one left to the finalizer keeps the whole connection alive, and a flood of them causes long GC pauses.
        await _requests.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // On the thread pool: the callbacks that Kestrel and the application registered must not run on the calling thread.
    private void SignalClosed() => ThreadPool.UnsafeQueueUserWorkItem(static closed => GuardedTimers.Guard(closed, static source => source.Cancel(), static (_, e) => Trace.TraceError(e.ToString())), _closed, preferLocal: false);

    private bool Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task DrainAsync()
    {
        var scratch = ArrayPool<byte>.Shared.Rent(4 << 10);
        using var lingerCts = new CancellationTokenSource(Linger, _time);
        try
        {
            while (await _stream.ReadAsync(scratch, lingerCts.Token).ConfigureAwait(false) is > 0 and var length)
                await _discardLimit.AcquireAsync(length, lingerCts.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Reset by the client, or timed out.
        }
        ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>The stream of the connection as long as it carries HTTP.</summary>
    private sealed class RequestStream(DirectConnection connection) : NetworkStream(connection._socket, ownsSocket: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                var reading = base.ReadAsync(buffer, cancellationToken);
                var wasCompleted = reading.IsCompleted;
                var length = await reading.ConfigureAwait(false);
                // Requests must not run on a thread that polls sockets, which may have completed this read.
                if (!wasCompleted)
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                return length;
            }
            catch (IOException)
            {
                connection.SignalClosed();
                throw;
            }
        }

        // Kestrel treats a failed write as a fault of the transport; a client that left is signalled by ConnectionClosed instead.
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                connection.SignalClosed();
            }
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

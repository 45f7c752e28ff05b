using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Parley.Server.Wire;

namespace Parley.Server.Sockets;

/// <summary>A connection whose socket can be had.</summary>
internal interface IDirectConnection
{
    /// <summary>
    /// Takes the socket over, once nobody reads or writes the connection any other way; null where something lies between, as TLS does.
    /// </summary>
    /// <returns>The socket as a stream, and what was read from it already.</returns>
    (Stream Stream, byte[] Early)? Take();
}

/// <summary>One accepted socket as Kestrel sees it.</summary>
#pragma warning disable CA1001 // See the source of its token.
internal sealed class DirectConnection : DefaultConnectionContext, IDirectConnection
#pragma warning restore CA1001
{
    /// <summary>How long the client may take to close its side once we have closed ours.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>Two seconds of speech; the system doubles it for its own needs.</summary>
    private const int SendBufferBytes = 128 << 10;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly RequestStream _requests;
    private readonly Pipes _pipes;
    private readonly RateLimiter _discardLimit;
    private readonly TimeProvider _time;
    // Never disposed: it holds nothing, and may be cancelled by a thread that comes late.
    private readonly CancellationTokenSource _closed = new();
    private volatile bool _aborted;

    internal DirectConnection(Socket socket, RateLimiter discardLimit, TimeProvider time)
        : base(RandomId.New())
    {
        (_socket, _discardLimit, _time) = (socket, discardLimit, time);
        ConnectionClosed = _closed.Token;
        // Frames are written whole: waiting for more would only make them late.
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        // A client that does not read would else have the system hold megabytes for it.
        socket.SendBufferSize = SendBufferBytes;
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _requests = new RequestStream(this);
        Transport = _pipes = new Pipes(
            PipeReader.Create(_requests, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true)),
            PipeWriter.Create(_requests, new StreamPipeWriterOptions(leaveOpen: true)));
        Features.Set<IDirectConnection>(this);
    }

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

    /// <summary>Kestrel gives the connection up: reads end, writes fail.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _aborted = true;
        Shutdown(SocketShutdown.Both);
        SignalClosed();
    }

    public override async ValueTask DisposeAsync()
    {
        // A socket that is closed with something unread in it is reset, and what was written last may not be read.
        if (!_aborted && Shutdown(SocketShutdown.Send))
            await DrainAsync().ConfigureAwait(false);
        // Both: a stream left to the finalizer keeps all of the connection for it, which a flood of them makes long pauses of.
        await _requests.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // Not by the caller: what Kestrel and the application hang on the token is not its business.
    private void SignalClosed() => ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);

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
            // Reset by the client, or it takes too long.
        }
        ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>The connection while HTTP is spoken on it.</summary>
    private sealed class RequestStream(DirectConnection connection) : NetworkStream(connection._socket, ownsSocket: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                var reading = base.ReadAsync(buffer, cancellationToken);
                var isHere = reading.IsCompleted;
                var length = await reading.ConfigureAwait(false);
                // Requests are not for a thread that polls sockets, which may be what completed this.
                if (!isHere)
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                return length;
            }
            catch (IOException)
            {
                connection.SignalClosed();
                throw;
            }
        }

        // Kestrel takes a write that fails for a fault of the transport; that a client is gone it is told by the token.
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

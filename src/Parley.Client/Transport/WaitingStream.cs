using System.Net.Sockets;

namespace Parley.Client.Transport;

/// <summary>
/// A TCP stream that no reader waits for in the runtime's socket engine, because the engine wakes the thread pool for every packet of each socket it
/// knows, and woken threads of the pool spin. On a <see cref="SessionThread"/> a read waits in <c>poll</c> and completes before it returns;
/// the few reads of a handshake wait on threads of their own. TLS and HTTP above it work as usual.
/// </summary>
internal sealed class WaitingStream : NetworkStream
{
    private WaitingStream(Socket socket)
        : base(socket, ownsSocket: true) => socket.Blocking = false;

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    internal static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await WaitAsync(() => socket.Connect(context.DnsEndPoint), socket, cancellationToken).ConfigureAwait(false);
            return new WaitingStream(socket);
        }
        catch
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        try
        {
            var read = SessionThread.IsCurrent ? Receive(buffer.Span) : TryReceive(buffer.Span);
            return read >= 0 ? new ValueTask<int>(read) : ReceiveLaterAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return ValueTask.FromException<int>(Lost(e));
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Unblock(Socket);
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReceiveLaterAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = 0;
            await WaitAsync(() => read = Receive(buffer.Span), Socket, cancellationToken).ConfigureAwait(false);
            return read;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Lost(e);
        }
    }

    private static async Task WaitAsync(Action wait, Socket socket, CancellationToken cancellationToken)
    {
        var waiting = Task.Factory.StartNew(
            wait, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        await using (cancellationToken.UnsafeRegister(
            static state =>
            {
                Unblock((Socket)state!);
                ((Socket)state!).Dispose();
            },
            socket).ConfigureAwait(false))
        {
            await waiting.ConfigureAwait(false);
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Returns at once; -1 = no data yet.
    private int TryReceive(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return Socket.Poll(0, SelectMode.SelectRead) ? 0 : -1;
        var read = Socket.Receive(buffer, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => read,
            SocketError.WouldBlock => -1,
            _ => throw new SocketException((int)error),
        };
    }

    private int Receive(Span<byte> buffer)
    {
        int read;
        while ((read = TryReceive(buffer)) < 0)
            Socket.Poll(Timeout.Infinite, SelectMode.SelectRead);
        return read;
    }

    // Ends a wait for data.
    private static void Unblock(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Not connected, or disposed by another thread.
        }
    }

    private static IOException Lost(Exception cause) => new("The connection was lost.", cause);
}

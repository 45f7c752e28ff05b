using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Parley.Server.Sockets;

/// <summary>
/// A transport of Kestrel that puts nothing between a socket and who reads it: no pipes, no queues of work, no buffer for a connection that is
/// silent. A WebSocket takes the socket over altogether. For TCP and Unix domain sockets; the transports of the framework take the rest.
/// </summary>
internal sealed class DirectTransport(SharedRateLimits rateLimits, TimeProvider time) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private const int Backlog = 512;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
        socket.Listen(Backlog);
        return new(new Listener(socket, rateLimits, time));
    }

#pragma warning disable CA1001 // Its source of a token holds nothing.
    private sealed class Listener(Socket socket, SharedRateLimits rateLimits, TimeProvider time) : IConnectionListener
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    // Who waits does so in the backlog of the system, and costs nothing there.
                    await rateLimits.Accepts.AcquireAsync(1, _unbound.Token).ConfigureAwait(false);
                    return new DirectConnection(await socket.AcceptAsync(cancellationToken).ConfigureAwait(false), rateLimits.DiscardedBytes, time);
                }
                catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException)
                {
                    // That client was gone before it was accepted.
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.Cancel();
            socket.Dispose();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Parley.Server.Sockets;

/// <summary>
/// A Kestrel transport without pipes, work queues or buffers for silent connections: reads go straight to the socket. A WebSocket takes the
/// socket over completely. For TCP and Unix domain sockets; other endpoints are left to the framework's transports.
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

    private sealed class Listener(Socket socket, SharedRateLimits rateLimits, TimeProvider time) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    return new DirectConnection(await socket.AcceptAsync(cancellationToken).ConfigureAwait(false), rateLimits.DiscardedBytes, time);
                }
                catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException e) when (!DescriptorLimit.IsExhausted(e))
                {
                    // The client left before it was accepted.
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            socket.Dispose();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Parley.Testing.Hosting;

/// <summary>Kestrel's transport without a network: <see cref="Connect"/> makes a connection and queues its server end.</summary>
internal sealed class InMemoryTransport : IConnectionListenerFactory, IConnectionListener
{
    /// <summary>A usual listen backlog. Kestrel accepts at once, so it is never full.</summary>
    private const int Backlog = 128;

    private readonly ConcurrentDictionary<InMemoryConnection, bool> _open = new();
    private readonly ConcurrentDictionary<ConnectionContext, bool> _openSockets = new();
    private readonly Channel<InMemoryConnection> _pending =
        Channel.CreateBounded<InMemoryConnection>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.Wait });

    private int _connections;

    public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 80);

    public int OpenConnections => _open.Count + _openSockets.Count;

    /// <summary>The transport of every other end point.</summary>
    public IConnectionListenerFactory? Sockets { get; set; }

    /// <summary>Where sockets are accepted; null if nowhere.</summary>
    public EndPoint? LoopbackEndPoint { get; private set; }

    /// <summary>Counts what moves on all connections.</summary>
    public Activity Activity { get; } = new();

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint.Equals(EndPoint) || Sockets is null)
            return this;
        var listener = await Sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false);
        LoopbackEndPoint = listener.EndPoint;
        return listener;
    }

    /// <summary>Connection middleware that knows the open sockets, so that they can be cut.</summary>
    public ConnectionDelegate Track(ConnectionDelegate next) => async connection =>
    {
        _openSockets.TryAdd(connection, true);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _openSockets.TryRemove(connection, out _);
        }
    };

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _pending.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _pending.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _pending.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <returns>The client's end.</returns>
    /// <exception cref="IOException">The server no longer listens.</exception>
    public Stream Connect()
    {
        var number = Interlocked.Increment(ref _connections);
        var connection = new InMemoryConnection(number, EndPoint, Activity, closed => _open.TryRemove(closed, out _));
        _open.TryAdd(connection, true);
        if (!_pending.Writer.TryWrite(connection))
        {
            connection.Cut();
            _open.TryRemove(connection, out _);
            throw new IOException("The in-memory server refused the connection: it has stopped, or its backlog is full.");
        }

        return connection.ClientStream;
    }

    public int CutAll()
    {
        var connections = _open.Keys.ToArray();
        foreach (var connection in connections)
            connection.Cut();
        var sockets = _openSockets.Keys.ToArray();
        foreach (var socket in sockets)
            socket.Abort();
        return connections.Length + sockets.Length;
    }
}

using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Parley.Testing.Hosting;

namespace Parley.Testing.Wire;

/// <summary>Connection middleware of Kestrel that puts a <see cref="WireLink"/> between the transport and HTTP.</summary>
internal static class WireTap
{
    /// <summary>Options with which a flush returns when the system has the bytes, so that a fault comes after them.</summary>
    internal static SocketTransportOptions SocketOptions() => new() { MaxWriteBufferSize = 1 };

    internal static ConnectionDelegate Use(ConnectionDelegate next, WireOptions options) => async transport =>
    {
        var tapped = new TappedConnection(transport, options);
        var running = tapped.Link.RunAsync(tapped.Close);
        await using (transport.ConnectionClosed.Register(tapped.Link.ClientGone).ConfigureAwait(false))
        {
            try
            {
                await next(tapped).ConfigureAwait(false);
            }
            finally
            {
                tapped.Link.ServerEnded();
                await running.ConfigureAwait(false);
            }
        }
    };

    /// <summary>The connection as HTTP sees it. It ends when its bytes have passed, not before.</summary>
    private sealed class TappedConnection : ConnectionContext
    {
        private static readonly PipeOptions Pipes = new(pauseWriterThreshold: 64 << 10, resumeWriterThreshold: 32 << 10, useSynchronizationContext: false);

        private readonly ConnectionContext _transport;
        private readonly CancellationTokenSource _closed = new();

        internal TappedConnection(ConnectionContext transport, WireOptions options)
        {
            _transport = transport;
            Pipe toServer = new(Pipes), toClient = new(Pipes);
            Transport = new Duplex(toServer.Reader, toClient.Writer);
            Link = new WireLink(new TransportEnd(transport), new ServerEnd(toClient.Reader, toServer.Writer), options);
            ConnectionClosed = _closed.Token;
        }

        internal WireLink Link { get; }

        public override string ConnectionId
        {
            get => _transport.ConnectionId;
            set => _transport.ConnectionId = value;
        }

        public override IFeatureCollection Features => _transport.Features;

        public override IDictionary<object, object?> Items
        {
            get => _transport.Items;
            set => _transport.Items = value;
        }

        public override IDuplexPipe Transport { get; set; }

        public override System.Net.EndPoint? LocalEndPoint
        {
            get => _transport.LocalEndPoint;
            set => _transport.LocalEndPoint = value;
        }

        public override System.Net.EndPoint? RemoteEndPoint
        {
            get => _transport.RemoteEndPoint;
            set => _transport.RemoteEndPoint = value;
        }

        public override CancellationToken ConnectionClosed { get; set; }

        /// <summary>Kestrel gives up; what it has written is still delivered.</summary>
        public override void Abort(ConnectionAbortedException abortReason)
        {
            Link.ServerEnded();
            Close();
        }

        // On the thread pool: callbacks of Kestrel and the application must not run in the link.
        internal void Close() => ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _closed, preferLocal: false);
    }

    /// <summary>Kestrel's HTTP.</summary>
    private sealed class ServerEnd(PipeReader input, PipeWriter output) : WireEnd(input, output)
    {
        internal override async Task EndAsync(bool isReset) =>
            await Output.CompleteAsync(isReset ? new ConnectionResetException("The connection was reset.") : null).ConfigureAwait(false);
    }

    /// <summary>The client, in memory or on a socket.</summary>
    private sealed class TransportEnd(ConnectionContext transport) : WireEnd(transport.Transport.Input, transport.Transport.Output)
    {
        internal override async Task EndAsync(bool isReset)
        {
            if (transport is InMemoryConnection memory)
            {
                if (isReset)
                    memory.CutByServer();
                else
                    await Output.CompleteAsync().ConfigureAwait(false);
            }
            else if (transport.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
            {
                try
                {
                    // Kestrel would end both directions of a socket, and always in order.
                    if (!isReset)
                    {
                        socket.Shutdown(SocketShutdown.Send);
                        return;
                    }
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Dispose();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // It is gone already.
                }
                transport.Abort();
            }
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

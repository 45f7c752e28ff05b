using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.Testing.Hosting;

/// <summary>
/// One connection, as Kestrel sees it: two pipes crossed. It ends like a TCP connection: the client's end of stream and a
/// reset both fire <see cref="ConnectionClosed"/>; after a reset neither side reads bytes in flight.
/// </summary>
internal sealed class InMemoryConnection : ConnectionContext, IConnectionLifetimeFeature, IConnectionIdFeature,
    IConnectionTransportFeature, IConnectionItemsFeature, IConnectionEndPointFeature
{
    /// <summary>Bytes in flight before a writer has to wait: about the buffer of a real socket.</summary>
    private const int BufferBytes = 64 << 10;

    private readonly CancellationTokenSource _closed = new();
    private readonly Action<InMemoryConnection> _onEnd;

    public InMemoryConnection(int number, EndPoint server, Activity activity, Action<InMemoryConnection> onEnd)
    {
        _onEnd = onEnd;
        var options = new PipeOptions(
            pauseWriterThreshold: BufferBytes, resumeWriterThreshold: BufferBytes / 2, useSynchronizationContext: false);
        var toServer = new Pipe(options);
        var toClient = new Pipe(options);
        Transport = new DuplexPipe(toServer.Reader, toClient.Writer);
        ClientStream = new PipeEndStream(toClient.Reader, toServer.Writer, onClosed: FireClosed, activity);
        ConnectionId = string.Create(CultureInfo.InvariantCulture, $"memory-{number}");
        LocalEndPoint = server;
        RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50_000 + (number % 10_000));
        ConnectionClosed = _closed.Token;
        Features = new FeatureCollection();
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
    }

    public PipeEndStream ClientStream { get; }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>Kestrel aborts the connection. As with a socket, bytes flushed before still arrive.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        ClientStream.ServerAborted(abortReason);
        FireClosed();
    }

    /// <summary>A reset, as when a cable is pulled and both sides notice.</summary>
    public void Cut()
    {
        ClientStream.Reset();
        FireClosed();
    }

    /// <summary>A reset by the server. What it flushed before still arrives, so that a test knows what the client has seen.</summary>
    public void CutByServer()
    {
        ClientStream.ServerReset(new ConnectionResetException("The connection was reset by the server."));
        FireClosed();
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync().ConfigureAwait(false);
        await Transport.Output.CompleteAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
        _onEnd(this);
    }

    private void FireClosed()
    {
        // On the thread pool: callbacks of Kestrel and the application must not run in the client's Dispose.
        ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _closed, preferLocal: false);
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

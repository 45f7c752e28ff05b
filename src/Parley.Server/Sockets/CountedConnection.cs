using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http;
using Parley.Protocol.Internal;

namespace Parley.Server.Sockets;

/// <summary>
/// A connection of a transport, counted by <see cref="ConnectionGate"/> until its socket is closed. It is a feature of its requests, which report their
/// begin and end. Until the first request the clock runs: TLS handshake, first byte and complete head are one deadline, however slowly they arrive.
/// </summary>
internal sealed class CountedConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly ConnectionGate _gate;
    private ITimer? _deadline;
    private int _requests, _upgrades, _disposed;

    internal CountedConnection(ConnectionContext inner, ConnectionGate gate)
    {
        (_inner, _gate) = (inner, gate);
        Place = new LinkedListNode<CountedConnection>(this);
        inner.Features.Set(this);
    }

    /// <summary>Requests in progress; HTTP/2 has several.</summary>
    internal int Requests => Volatile.Read(ref _requests);

    /// <summary>WebSockets in progress.</summary>
    internal int Upgrades => Volatile.Read(ref _upgrades);

    /// <summary>Its place among those that wait for a request. Belongs to the gate, as do the next two.</summary>
    internal LinkedListNode<CountedConnection> Place { get; }

    internal bool IsHttp { get; set; }

    internal bool IsOver { get; set; }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _inner.Transport;
        set => _inner.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    /// <summary>The connection of a request; null if its transport is not counted.</summary>
    internal static CountedConnection? Of(HttpContext context) => context.Features.Get<CountedConnection>();

    internal void StartDeadline() =>
        _deadline = _gate.Time.CreateGuardedTimer(this, static connection => connection.TimeOut(), static (connection, _) => connection.Abort(), _gate.RequestTimeout);

    /// <summary>A request head has arrived.</summary>
    internal void RequestStarted()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Exchange(ref _deadline, null)?.Dispose();
        _gate.Update(this);
    }

    internal void RequestEnded()
    {
        Interlocked.Decrement(ref _requests);
        _gate.Update(this);
    }

    internal void UpgradeStarted()
    {
        Interlocked.Increment(ref _upgrades);
        _gate.Update(this);
    }

    internal void UpgradeEnded()
    {
        Interlocked.Decrement(ref _upgrades);
        _gate.Update(this);
    }

    public override void Abort() => _inner.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Interlocked.Exchange(ref _deadline, null)?.Dispose();
        await _inner.DisposeAsync().ConfigureAwait(false);
        _gate.Exit(this);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private void TimeOut()
    {
        if (Requests > 0)
            return;
        _gate.Refuse(ConnectionRefusal.Timeout);
        Abort(new ConnectionAbortedException("No request arrived in time."));
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Parley.Testing.Hosting;
using Parley.Testing.Wire;

namespace Parley.Testing;

/// <summary>
/// Faults in front of any Live API server, the service included: a proxy on loopback that forwards connections, and breaks them by a <see cref="FaultPlan"/>.
/// <code>
/// await using var proxy = await FaultProxy.StartAsync(new Uri("wss://generativelanguage.googleapis.com"));
/// proxy.Faults.At(FaultPoint.FirstAudio).Cuts();
/// </code>
/// Clients connect to <see cref="BaseAddress"/>. Path, query and headers pass unchanged, except <c>Host</c>, and <c>Sec-WebSocket-Extensions</c>, which is
/// removed. The connection to the proxy is not encrypted, so it stays on this machine. Nothing is logged: keys and tokens pass through.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Uri _upstream;
    private readonly FaultProxyOptions _options;
    private readonly TcpListener _listener;
    private readonly WireOptions _wire;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<Task, WireLink?> _connections = new();
    private readonly Task _accepting;
    private bool _isDisposed;

    private FaultProxy(Uri upstream, FaultProxyOptions options)
    {
        (_upstream, _options) = (upstream, options);
        Faults = new FaultPlan(options.TimeProvider);
        _wire = new WireOptions(options.TimeProvider, new Activity()) { Rewrite = Rewrite };
        _wire.Filters.Add(Faults.Connect);
        _listener = new TcpListener(IPAddress.Loopback, options.Port);
        _listener.Start();
        BaseAddress = new Uri($"http://{_listener.LocalEndpoint}/");
        _accepting = AcceptAsync();
    }

    /// <summary>What breaks.</summary>
    public FaultPlan Faults { get; }

    /// <summary>Where clients connect to.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Connections that are open now.</summary>
    public int OpenConnections => _connections.Count;

    private bool IsEncrypted => _upstream.Scheme is "wss" or "https";

    /// <summary>Starts a proxy.</summary>
    /// <param name="upstream">The server: <c>ws</c>, <c>wss</c>, <c>http</c> or <c>https</c>, with or without the beginning of a path.</param>
    /// <param name="configure">Changes the options; null = the defaults.</param>
    /// <exception cref="ArgumentException">The address is not one of a server.</exception>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static Task<FaultProxy> StartAsync(Uri upstream, Action<FaultProxyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        if (!upstream.IsAbsoluteUri || upstream.Scheme is not ("ws" or "wss" or "http" or "https") || upstream.Query.Length > 0)
        {
            throw new ArgumentException(
                "The upstream must be an absolute URL with ws, wss, http or https, without a query: credentials are those of the client.", nameof(upstream));
        }
        var options = new FaultProxyOptions();
        configure?.Invoke(options);
        return Task.FromResult(new FaultProxy(upstream, options));
    }

    /// <summary>Resets every connection, as a lost network does.</summary>
    /// <returns>How many there were.</returns>
    public int CutConnections()
    {
        var links = _connections.Values.OfType<WireLink>().ToArray();
        foreach (var link in links)
            link.Cut();
        return links.Length;
    }

    /// <summary>Resets connections and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _stopped.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        CutConnections();
        await Expect.WithinAsync(Task.WhenAll(_connections.Keys), "the connections of the proxy end").ConfigureAwait(false);
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stopped.Token).ConfigureAwait(false);
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _connections[done.Task] = null;
                _ = ForwardAsync(client, done);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or a client that left before it was accepted.
            }
        }
    }

    private async Task ForwardAsync(Socket client, TaskCompletionSource done)
    {
        try
        {
            client.NoDelay = true;
            using var from = client;
            using var stream = new NetworkStream(client, ownsSocket: false);
            var (socket, upstream) = await ConnectAsync().ConfigureAwait(false);
            if (socket is null || upstream is null)
            {
                await RefuseAsync(stream).ConfigureAwait(false);
                return;
            }
            using var to = socket;
            using var up = upstream;
            var link = new WireLink(new StreamEnd(client, stream), new StreamEnd(socket, upstream), _wire);
            _connections[done.Task] = link;
            if (_stopped.IsCancellationRequested)
                link.Cut();
            await link.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client left.
        }
        finally
        {
            _connections.TryRemove(done.Task, out _);
            done.SetResult();
        }
    }

    private async Task<(Socket? Socket, Stream? Stream)> ConnectAsync()
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopped.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            var port = _upstream.Port > 0 ? _upstream.Port : IsEncrypted ? 443 : 80;
            await socket.ConnectAsync(_upstream.DnsSafeHost, port, either.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: false);
            if (!IsEncrypted)
                return (socket, stream);
            var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
            stream = encrypted;
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = _upstream.DnsSafeHost,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                    RemoteCertificateValidationCallback = _options.ServerCertificateValidation,
                },
                either.Token).ConfigureAwait(false);
            return (socket, encrypted);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            return (null, null);
        }
    }

    // After the request, which a client has written before it reads.
    private async Task RefuseAsync(NetworkStream stream)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopped.Token);
        await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, either.Token).ConfigureAwait(false);
        var body = $"The upstream {_upstream.Authority} could not be reached.";
        var head = $"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + body), either.Token).ConfigureAwait(false);
        stream.Socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[4_096];
        while (await stream.ReadAsync(rest, either.Token).ConfigureAwait(false) > 0)
        {
        }
    }

    private void Rewrite(HttpHead head)
    {
        head.Set("Host", _upstream.IsDefaultPort || _upstream.Port < 0 ? _upstream.Host : _upstream.Authority);
        if (_upstream.AbsolutePath.TrimEnd('/') is { Length: > 0 } path)
            head.Prefix(path);
    }
}

using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Testing.Hosting;
using Parley.Testing.Wire;

namespace Parley.Testing;

/// <summary>
/// Real Kestrel without a port: HTTP and WebSockets run over in-process pipes with every frame, back-pressure and close
/// that a socket would have. Disposing it cuts what is still connected, stops the server, and throws if it logged an error
/// that the test did not allow.
/// </summary>
public sealed class InMemoryHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly InMemoryTransport _transport;
    private readonly SocketsHttpHandler _handler;
    private bool _disposed;

    private InMemoryHost(WebApplication app, InMemoryTransport transport, LogRecorder logs)
    {
        (_app, _transport) = (app, transport);
        Logs = logs;
        _handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = ConnectAsync };
        Invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    /// <summary>Base address of the host in memory. With <see cref="Invoker"/>, every other host name leads here too.</summary>
    public Uri BaseAddress { get; } = new("http://parley.test/");

    /// <summary>The address on loopback, if the host was started with a port; null otherwise.</summary>
    public Uri? LoopbackAddress => _transport.LoopbackEndPoint is { } endPoint ? new Uri($"http://{endPoint}/") : null;

    /// <summary>Connects to this host; for <see cref="ClientWebSocket"/> and other clients that accept an invoker.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>Opens a connection, for a test with its own handler: <c>ConnectCallback = host.ConnectAsync</c>.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_transport.Connect());

    /// <summary>The services of the server.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>The log of the server.</summary>
    public LogRecorder Logs { get; }

    /// <summary>Connections that are open now.</summary>
    public int OpenConnections => _transport.OpenConnections;

    /// <summary>Starts a host.</summary>
    /// <param name="configureBuilder">Services and options of the server under test.</param>
    /// <param name="configureApp">Its middleware and endpoints, <c>UseWebSockets</c> included.</param>
    /// <param name="timeProvider">The clock that the server gets from its services; null = the system clock.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static Task<InMemoryHost> StartAsync(
        Action<WebApplicationBuilder>? configureBuilder,
        Action<WebApplication> configureApp,
        TimeProvider? timeProvider = null,
        CancellationToken cancellationToken = default) =>
        StartAsync(configureBuilder, configureApp, port: null, timeProvider, cancellationToken);

    /// <inheritdoc cref="StartAsync(Action{WebApplicationBuilder}, Action{WebApplication}, TimeProvider, CancellationToken)"/>
    /// <param name="configureBuilder">Services and options of the server under test.</param>
    /// <param name="configureApp">Its middleware and endpoints, <c>UseWebSockets</c> included.</param>
    /// <param name="timeProvider">The clock that the server gets from its services; null = the system clock.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="port">A port on loopback to listen on as well, for other processes; 0 = a free one, null = none.</param>
    public static async Task<InMemoryHost> StartAsync(
        Action<WebApplicationBuilder>? configureBuilder,
        Action<WebApplication> configureApp,
        int? port,
        TimeProvider? timeProvider = null,
        CancellationToken cancellationToken = default) =>
        await StartAsync(configureBuilder, configureApp, port, timeProvider, configureWire: null, cancellationToken).ConfigureAwait(false);

    /// <param name="configureBuilder">Services and options of the server under test.</param>
    /// <param name="configureApp">Its middleware and endpoints.</param>
    /// <param name="port">A port on loopback; null = none.</param>
    /// <param name="timeProvider">The clock; null = the system clock.</param>
    /// <param name="configureWire">Adds filters between client and server; null = bytes pass untouched.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    internal static async Task<InMemoryHost> StartAsync(
        Action<WebApplicationBuilder>? configureBuilder,
        Action<WebApplication> configureApp,
        int? port,
        TimeProvider? timeProvider,
        Action<WireOptions>? configureWire,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configureApp);
        var transport = new InMemoryTransport();
        var wire = new WireOptions(timeProvider ?? TimeProvider.System, transport.Activity);
        configureWire?.Invoke(wire);
        var logs = new LogRecorder();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Parley.Testing" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(transport.EndPoint, Tap);
            if (port is { } number)
            {
                kestrel.Listen(IPAddress.Loopback, number, listen =>
                {
                    listen.Use(transport.Track);
                    Tap(listen);
                });
            }
        });
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateScopes, provider.ValidateOnBuild) = (true, true));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(timeProvider ?? TimeProvider.System);
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft", LogLevel.Information);

        configureBuilder?.Invoke(builder);

        // After the test's registrations, so that these three take precedence.
        builder.Logging.AddProvider(logs);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime>(new NoConsoleLifetime()));
        builder.Services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory>(provider =>
        {
            transport.Sockets = new SocketTransportFactory(
                Options.Create(wire.Filters.Count > 0 ? WireTap.SocketOptions() : new SocketTransportOptions()), provider.GetRequiredService<ILoggerFactory>());
            return transport;
        }));

        var app = builder.Build();
        try
        {
            configureApp(app);
            await Expect.WithinAsync(app.StartAsync(cancellationToken), "the host starts", cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new InMemoryHost(app, transport, logs);

        void Tap(ListenOptions listen)
        {
            if (wire.Filters.Count > 0)
                listen.Use(next => WireTap.Use(next, wire));
        }
    }

    /// <summary>Creates an HTTP client. The connections belong to the host, so disposing the client is optional.</summary>
    public HttpClient CreateClient() => new(_handler, disposeHandler: false) { BaseAddress = BaseAddress };

    /// <summary>
    /// Opens a real <see cref="ClientWebSocket"/>. A refusal is a <see cref="WebSocketException"/>; a test that expects one calls
    /// <see cref="ExpectRefusedAsync"/>.
    /// </summary>
    public async Task<ClientWebSocket> ConnectWebSocketAsync(
        string pathAndQuery, Action<ClientWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        try
        {
            configure?.Invoke(socket.Options);
            await Expect.WithinAsync(
                socket.ConnectAsync(WebSocketUri(pathAndQuery), Invoker, cancellationToken),
                $"the WebSocket handshake of {pathAndQuery}",
                cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Tries to open a WebSocket that the server must refuse before the upgrade.</summary>
    /// <returns>The status it answered with.</returns>
    public async Task<HttpStatusCode> ExpectRefusedAsync(
        string pathAndQuery, Action<ClientWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(socket.Options);
        try
        {
            await Expect.WithinAsync(
                socket.ConnectAsync(WebSocketUri(pathAndQuery), Invoker, cancellationToken),
                $"the server refuses {pathAndQuery}",
                cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            return socket.HttpStatusCode;
        }

        throw new ExpectationException($"Expected the server to refuse {pathAndQuery}, but it upgraded the connection.");
    }

    /// <summary>The <c>ws:</c> address of a path on this host.</summary>
    public Uri WebSocketUri(string pathAndQuery) => new UriBuilder(new Uri(BaseAddress, pathAndQuery)) { Scheme = "ws", Port = -1 }.Uri;

    /// <summary>
    /// Opens a connection and returns the client's end, for tests that send bytes by hand. If the test does not read from it, the server's
    /// writes wait once 64 KiB are in flight. Disposing it ends the stream in order.
    /// </summary>
    public Task<Stream> OpenRawStreamAsync() => Task.FromResult(_transport.Connect());

    /// <summary>Count of what has moved on connections in memory.</summary>
    internal long Traffic => _transport.Activity.Total;

    /// <summary>Resets every open connection at both ends; bytes in flight are lost.</summary>
    /// <returns>The number of connections.</returns>
    public int CutConnections() => _transport.CutAll();

    /// <summary>
    /// Waits until client and server have nothing left to do at the present time: nothing moves on a connection, and the thread pool is idle. Work outside of
    /// both, such as real I/O of a tool, is not seen: await it yourself.
    /// </summary>
    public Task QuietAsync(CancellationToken cancellationToken = default) => QuietWatch.WaitAsync(_transport.Activity, cancellationToken);

    /// <summary>Declares errors in the log as part of the test.</summary>
    public void AllowErrors(Func<LogEntry, bool> predicate) => Logs.AllowErrors(predicate);

    /// <summary>Stops the server as a deployment would: no new connections; running ones may finish within the shutdown time.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) =>
        Expect.WithinAsync(_app.StopAsync(cancellationToken), "the host stops", cancellationToken);

    /// <exception cref="ExpectationException">An unexpected error was logged, or the server did not stop.</exception>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        CutConnections();
        try
        {
            await StopAsync().ConfigureAwait(false);
            await Expect.WithinAsync(_app.DisposeAsync().AsTask(), "the host's services are disposed").ConfigureAwait(false);
        }
        finally
        {
            Invoker.Dispose();
            _handler.Dispose();
        }

        Logs.ThrowIfUnexpectedErrors();
    }
}

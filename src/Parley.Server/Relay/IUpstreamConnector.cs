using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using Parley.Server.Sockets;

namespace Parley.Server.Relay;

/// <summary>Opens sockets to upstreams.</summary>
internal interface IUpstreamConnector
{
    /// <exception cref="UpstreamException">The connection failed.</exception>
    Task<WebSocket> ConnectAsync(Upstream upstream, string version, CancellationToken cancellationToken);
}

/// <summary>The upstream could not be reached, or refused the upgrade.</summary>
internal sealed class UpstreamException(string message, int? status, Exception? cause) : Exception(message, cause)
{
    /// <summary>Status of its HTTP response; null if there was none.</summary>
    internal int? Status => status;
}

/// <summary>
/// Connects over the network. The framework resolves the name and handles proxy, TLS and handshake; a <see cref="FrameSocket"/> then takes the connection over.
/// </summary>
/// <param name="options">Options of the relay.</param>
/// <param name="time">The clock of the keep-alive.</param>
/// <param name="connect">Opens the transport; null = TCP.</param>
internal sealed class UpstreamConnector(
    IOptions<RelayOptions> options, TimeProvider time, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null) : IUpstreamConnector
{
    public async Task<WebSocket> ConnectAsync(Upstream upstream, string version, CancellationToken cancellationToken)
    {
        UpstreamHandshake? connection = null;
        using var socket = new ClientWebSocket();
        // One handler for each connection, so that the connection it opens is known.
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseCookies = false,
            ConnectTimeout = options.Value.SetupTimeout,
            ConnectCallback = connect,
            // Above TLS and behind any proxy.
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(connection = new UpstreamHandshake(context.PlaintextStream)),
        });
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            if (upstream.Options.IsBearer)
                socket.Options.SetRequestHeader("Authorization", "Bearer " + upstream.Key());
            else
                socket.Options.SetRequestHeader("x-goog-api-key", upstream.Key());
            await socket.ConnectAsync(upstream.Address(version), invoker, cancellationToken).ConfigureAwait(false);
            var (stream, early) = connection!.Take();
            return new FrameSocket(stream, isServer: false, time, (options.Value.KeepAliveInterval, options.Value.KeepAliveTimeout), early: early);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            var status = (int)socket.HttpStatusCode;
            // The message of the framework may quote the URL; it contains no key, but no useful detail either.
            throw new UpstreamException(status > 0 ? $"upgrade refused with {status}" : "connection failed", status > 0 ? status : null, e);
        }
    }
}

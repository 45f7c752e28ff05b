using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using Parley.Server.Sockets;

namespace Parley.Server.Relay;

/// <summary>Opens sockets to upstreams.</summary>
internal interface IUpstreamConnector
{
    /// <exception cref="UpstreamException">The connection failed.</exception>
    /// <param name="upstream">The upstream.</param>
    /// <param name="version">API version in the path, unless the upstream has one configured.</param>
    /// <param name="headers">Headers of the client that may be passed on.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<WebSocket> ConnectAsync(Upstream upstream, string version, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken);
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
    public async Task<WebSocket> ConnectAsync(Upstream upstream, string version, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        UpstreamHandshake? connection = null;
        using var socket = new ClientWebSocket();
        // One handler for each connection, so that the connection it opens is known.
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseCookies = false,
            // The key belongs to the configured address only.
            AllowAutoRedirect = false,
            ConnectTimeout = options.Value.SetupTimeout,
            ConnectCallback = connect,
            // Above TLS and behind any proxy.
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(connection = new UpstreamHandshake(context.PlaintextStream)),
        });
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            var key = upstream.Key();
            if (!UpstreamHeaders.IsValue(key))
                throw new UpstreamException("its key is empty or has characters that a header cannot carry", status: null, cause: null);
            foreach (var (name, value) in UpstreamHeaders.For(upstream.Options, headers))
                socket.Options.SetRequestHeader(name, value);
            if (upstream.Options.IsBearer)
                socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
            else
                socket.Options.SetRequestHeader("x-goog-api-key", key);
            await socket.ConnectAsync(upstream.Address(version), invoker, cancellationToken).ConfigureAwait(false);
            var (stream, early) = connection!.Take();
            return new FrameSocket(stream, isServer: false, time, (options.Value.KeepAliveInterval, options.Value.KeepAliveTimeout), early: early);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            var status = (int)socket.HttpStatusCode;
            // The message of the framework may quote the URL; it contains no key, but no useful detail either.
            throw new UpstreamException(Describe(status), status > 0 ? status : null, e);
        }
    }

    private static string Describe(int status) => status switch
    {
        0 => "connection failed",
        >= 300 and < 400 => $"upgrade answered with a redirect ({status}), which is not followed; configure the new address",
        401 or 403 => $"upgrade refused with {status}; check the key",
        _ => $"upgrade refused with {status}",
    };
}

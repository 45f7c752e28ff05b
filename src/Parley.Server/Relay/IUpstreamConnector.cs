using System.Net.WebSockets;
using Microsoft.Extensions.Options;

namespace Parley.Server.Relay;

/// <summary>Opens sockets to upstreams.</summary>
internal interface IUpstreamConnector
{
    /// <exception cref="UpstreamException">There is no connection.</exception>
    Task<WebSocket> ConnectAsync(Upstream upstream, string version, CancellationToken cancellationToken);
}

/// <summary>The upstream could not be reached, or refused the upgrade.</summary>
internal sealed class UpstreamException(string message, int? status, Exception? cause) : Exception(message, cause)
{
    /// <summary>Status of its HTTP answer; null where it gave none.</summary>
    internal int? Status => status;
}

/// <summary>Over the network, with the sockets of the framework.</summary>
internal sealed class UpstreamConnector : IUpstreamConnector, IDisposable
{
    private readonly RelayOptions _options;
    private readonly HttpMessageInvoker _invoker;

    public UpstreamConnector(IOptions<RelayOptions> options)
        : this(options, new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseCookies = false,
            ConnectTimeout = options.Value.SetupTimeout,
            // Above TLS: what the socket reads is JSON in frames, many of them in one read where they come fast.
            PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(new ReadAheadStream(context.PlaintextStream)),
        }))
    {
    }

    internal UpstreamConnector(IOptions<RelayOptions> options, HttpMessageInvoker invoker) => (_options, _invoker) = (options.Value, invoker);

    public void Dispose() => _invoker.Dispose();

    public async Task<WebSocket> ConnectAsync(Upstream upstream, string version, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = _options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = _options.KeepAliveInterval > TimeSpan.Zero ? _options.KeepAliveTimeout : Timeout.InfiniteTimeSpan;
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            if (upstream.Options.IsBearer)
                socket.Options.SetRequestHeader("Authorization", "Bearer " + upstream.Key());
            else
                socket.Options.SetRequestHeader("x-goog-api-key", upstream.Key());
            await socket.ConnectAsync(upstream.Address(version), _invoker, cancellationToken).ConfigureAwait(false);
            // Only needed for the status of a refusal; kept, they would live as long as the session.
            socket.HttpResponseHeaders = null;
            return socket;
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            // The text of the framework may quote the address; it holds no key, but says no more than this.
            throw new UpstreamException(status > 0 ? $"the upstream refused the upgrade with {status}" : "the upstream cannot be reached", status > 0 ? status : null, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

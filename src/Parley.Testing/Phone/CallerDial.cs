using System.Net;
using System.Net.WebSockets;

namespace Parley.Testing.Phone;

/// <summary>Opens the media stream of a call.</summary>
internal sealed class CallerDial(VirtualCallerOptions options, CarrierProtocol protocol)
{
    /// <summary>Dials a stream, or asks a webhook for one.</summary>
    /// <exception cref="CallRefusedException">The server did not accept the call, or could not be reached in time.</exception>
    internal async Task<WebSocket> DialAsync(Uri url, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new ClientWebSocket();
        try
        {
            var signed = options.SignedUrl ?? url;
            if (url.Scheme is "http" or "https")
            {
                signed = await CarrierWebhook.AskAsync(url, options, protocol, linked.Token).ConfigureAwait(false);
                options.Check();
                url = options.SignedUrl is null ? signed : AtHostOf(url, signed);
            }
            Configure(socket.Options, signed);
            await socket.ConnectAsync(url, options.Invoker, linked.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or OperationCanceledException or IOException)
        {
            HttpStatusCode? status = socket.HttpStatusCode == 0 ? null : socket.HttpStatusCode;
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new CallRefusedException(
                status is { } code ? $"The server refused the call with HTTP status {(int)code}."
                    : timeout.IsCancellationRequested ? $"The server did not accept the call within {options.ConnectTimeout.TotalSeconds:0.#} s."
                    : $"The server could not be reached: {e.GetBaseException().Message}",
                status, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Configure(ClientWebSocketOptions socket, Uri signed)
    {
        socket.CollectHttpResponseDetails = true;
        // Carriers do not ping, and a timer of the system would not follow the clock of the call.
        socket.KeepAliveInterval = TimeSpan.Zero;
        foreach (var (name, value) in protocol.Headers(signed))
            socket.SetRequestHeader(name, value);
        foreach (var (name, value) in options.Headers)
            socket.SetRequestHeader(name, value);
    }

    // The public address is not reachable from here; the host that answered the webhook is.
    private static Uri AtHostOf(Uri webhook, Uri stream) => new UriBuilder(stream)
    {
        Scheme = webhook.Scheme == "https" ? "wss" : "ws",
        Host = webhook.Host,
        Port = webhook.IsDefaultPort ? -1 : webhook.Port,
    }.Uri;
}

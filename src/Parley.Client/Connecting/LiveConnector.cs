using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Parley.Client.Checks;
using Parley.Client.Ending;
using Parley.Client.Receiving;
using Parley.Client.Telemetry;
using Parley.Client.Transport;
using Parley.Protocol;

namespace Parley.Client.Connecting;

/// <summary>A connection whose setup was acknowledged, and the updates that came before and with the acknowledgement.</summary>
internal sealed record OpenedConnection(LiveTransport Transport, UpdateReader Reader, List<LiveUpdate> Early);

/// <summary>Opens connections: upgrade, setup and the wait for <c>setupComplete</c>, within one time limit (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#61-handshake">protocol 6.1</see>).</summary>
internal sealed class LiveConnector(
    Credential credential, Endpoints endpoints, HttpMessageInvoker invoker, LiveClientOptions options, ILogger logger)
{
    /// <exception cref="LiveConnectException">Refused, closed or not answered in time.</exception>
    internal async Task<OpenedConnection> OpenAsync(Setup setup, JsonObject? overrides, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.SetupTimeout, options.TimeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var transport = new LiveTransport(await UpgradeAsync(linkedCts.Token, cancellationToken).ConfigureAwait(false), options);
        try
        {
            // Nothing else uses the socket yet, so cutting it ends the wait, both for the timeout and for the caller's token.
            OpenedConnection opened;
            await using (linkedCts.Token.UnsafeRegister(static state => ((LiveTransport)state!).Abort(), transport).ConfigureAwait(false))
                opened = await SetUpAsync(transport, setup, overrides, linkedCts.Token).ConfigureAwait(false);
            // The acknowledgement may have arrived while the socket was being cut.
            linkedCts.Token.ThrowIfCancellationRequested();
            return opened;
        }
        catch (Exception e)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
                throw TimedOut("The server did not acknowledge the setup");
            if (e is LiveConnectException refused)
                Log.ConnectFailed(logger, refused.Cause, null, refused.CloseCode);
            throw;
        }
    }

    private async Task<WebSocket> UpgradeAsync(CancellationToken linked, CancellationToken callers)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = options.KeepAliveTimeout;
        var inQuery = options.CredentialPlacement == CredentialPlacement.Query;
        if (!inQuery)
            socket.Options.SetRequestHeader(credential.Header.Name, credential.Header.Value);
        try
        {
            var address = endpoints.Live(credential.IsToken, inQuery ? credential.Query : null);
            await socket.ConnectAsync(address, invoker, linked).ConfigureAwait(false);
            return socket;
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or OperationCanceledException or IOException)
        {
            HttpStatusCode? status = socket.HttpStatusCode == 0 ? null : socket.HttpStatusCode;
            socket.Dispose();
            callers.ThrowIfCancellationRequested();
            if (linked.IsCancellationRequested)
                throw TimedOut("The server did not answer the upgrade");
            if (Find<TimeoutException>(e) is not null)
                throw TimedOut("The server did not answer the upgrade within the time limit of LiveClientOptions.Invoker", isOwn: false);
            if (Find<RedirectException>(e) is { } redirect)
            {
                Log.ConnectFailed(logger, EndCause.UnknownEndpoint, (int?)status, null);
                throw new LiveConnectException(redirect.Message, new CloseCause(EndCause.UnknownEndpoint, RetryAdvice.No), status, innerException: e);
            }
            var cause = CloseClassifier.Classify(status);
            Log.ConnectFailed(logger, cause.Cause, (int?)status, null);
            throw new LiveConnectException(
                status is null ? "The server could not be reached" : $"The server refused the WebSocket upgrade with HTTP status {(int)status}",
                cause, status, innerException: e);
        }
    }

    private async Task<OpenedConnection> SetUpAsync(
        LiveTransport transport, Setup setup, JsonObject? overrides, CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>();
        if (overrides is null)
            LiveCodec.Encode(new LiveSessionRequest { Setup = setup }, message);
        else
            message.Write(Encoding.UTF8.GetBytes(new JsonObject { ["setup"] = SetupJson.Merge(setup, overrides) }.ToJsonString()));
        try
        {
            await transport.WriteAsync(message.WrittenMemory).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // A server may close at once; its close is still unread and says more than the failed send.
            Log.SetupNotSent(logger, e.GetType().Name);
        }
        var reader = new UpdateReader();
        var early = new List<LiveUpdate>();
        for (var bytes = 0L; ;)
        {
            var received = await transport.ReceiveAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (received.End is { } end)
                throw Refused(end);
            bytes += received.Message.Length;
            if (bytes > options.ReceiveCapacityBytes || early.Count > options.ReceiveCapacity)
            {
                throw new LiveConnectException(
                    $"The server sent {bytes:N0} bytes in {early.Count:N0} updates and did not acknowledge the setup; LiveClientOptions.ReceiveCapacity limits both",
                    new CloseCause(EndCause.ProtocolError, RetryAdvice.No));
            }
            var before = early.Count;
            reader.Read(received.Message.Span, early);
            for (var i = before; i < early.Count; i++)
            {
                if (early[i] is ErrorUpdate { Error: var error })
                    throw Refused(error);
                if (early[i] is SetupCompleteUpdate)
                    return new OpenedConnection(transport, reader, early);
            }
        }
    }

    private LiveConnectException Refused(TransportEnd end)
    {
        var reason = credential.Redact(end.Reason);
        var what = end.CloseCode is { } code
            ? $"The server closed the connection before it acknowledged the setup (code {code})"
            : "The connection broke before the server acknowledged the setup";
        return new LiveConnectException(what, end.Cause, null, end.CloseCode, reason, end.Error);
    }

    private LiveConnectException Refused(ApiError error)
    {
        var reason = credential.Redact(error.Message);
        var cause = CloseClassifier.Classify(null, $"{reason} {error.Status}");
        if (cause.Cause == EndCause.Network)
            cause = new CloseCause(EndCause.Unknown, RetryAdvice.BackOff);
        return new LiveConnectException($"The server answered the setup with an error ({error.Code})", cause, reason: reason);
    }

    private LiveConnectException TimedOut(string what, bool isOwn = true)
    {
        Log.ConnectFailed(logger, EndCause.Timeout, null, null);
        return new LiveConnectException(
            isOwn ? $"{what} within {options.SetupTimeout.TotalSeconds:0.#} s" : what, new CloseCause(EndCause.Timeout, RetryAdvice.BackOff));
    }

    // The socket wraps what the handler throws.
    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        while (e is not null and not T)
            e = e.InnerException;
        return (T?)e;
    }
}

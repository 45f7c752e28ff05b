using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>
/// One client whose messages pass to the upstream and back unchanged, and are recorded: opcodes, bytes, closes, refusals.
/// </summary>
internal sealed class RecordedConnection(CassetteRecording recording, CassetteOptions options, ILiveWireObserver wire, string id)
{
    private const string KeyHeader = "x-goog-api-key";

    /// <summary>Connects to the upstream first, so that a refusal of the upgrade is passed on as it is.</summary>
    internal async Task RunAsync(HttpContext context)
    {
        using var upstream = new ClientWebSocket();
        if (await ConnectAsync(upstream, context).ConfigureAwait(false) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        await ForwardAsync(upstream, new CassetteSocket(socket, context, wire, id), recording.Open(TargetOf(context)), first: null).ConfigureAwait(false);
    }

    /// <summary>Records a client that is connected already and has sent its first message.</summary>
    internal async Task RunAsync(HttpContext context, CassetteSocket client, WireMessage first)
    {
        using var upstream = new ClientWebSocket();
        if (await ConnectAsync(upstream, context).ConfigureAwait(false) is { } status)
        {
            await client.CloseAsync(1011, $"The upstream refused the connection with HTTP status {status}.").ConfigureAwait(false);
            return;
        }
        await ForwardAsync(upstream, client, recording.Open(TargetOf(context)), first).ConfigureAwait(false);
    }

    /// <returns>The HTTP status of a refusal; null if the socket is open.</returns>
    private async Task<int?> ConnectAsync(ClientWebSocket upstream, HttpContext context)
    {
        upstream.Options.CollectHttpResponseDetails = true;
        upstream.Options.KeepAliveInterval = TimeSpan.Zero;
        foreach (var (name, value) in context.Request.Headers.Where(static header => IsForwarded(header.Key)))
        {
            if (options.UpstreamKey is null || !(name.Equals(KeyHeader, StringComparison.OrdinalIgnoreCase) || name == "Authorization"))
                upstream.Options.SetRequestHeader(name, value.ToString());
        }
        if (options.UpstreamKey is { } key)
            upstream.Options.SetRequestHeader(KeyHeader, key);
        options.ConfigureUpstream?.Invoke(upstream.Options);
        var target = new Uri(options.Upstream!, options.UpstreamKey is null ? TargetOf(context) : TargetRedaction.Clean(TargetOf(context))!);
        var address = new UriBuilder(target) { Scheme = target.Scheme is "https" or "wss" ? "wss" : "ws", Port = target.IsDefaultPort ? -1 : target.Port };
        try
        {
            await upstream.ConnectAsync(address.Uri, options.UpstreamInvoker, context.RequestAborted).ConfigureAwait(false);
            return null;
        }
        catch (WebSocketException) when (upstream.HttpStatusCode is not 0 and not HttpStatusCode.SwitchingProtocols)
        {
            recording.Open(TargetOf(context), (int)upstream.HttpStatusCode);
            return (int)upstream.HttpStatusCode;
        }
        catch (Exception e) when (CassetteSocket.IsBroken(e) || e is HttpRequestException)
        {
            // Not an answer of the service, so it is not recorded.
            return StatusCodes.Status502BadGateway;
        }
    }

    private async Task ForwardAsync(ClientWebSocket upstream, CassetteSocket client, int connection, WireMessage? first)
    {
        var returning = ReturnAsync(upstream, client, connection);
        try
        {
            for (var message = first ?? await client.ReceiveAsync().ConfigureAwait(false); message is not null; message = await client.ReceiveAsync().ConfigureAwait(false))
            {
                recording.Add(connection, LiveDirection.FromClient, message);
                if (upstream.State == WebSocketState.Open)
                    await upstream.SendAsync(message.Payload, message.Type, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
            }
            recording.End(connection, LiveDirection.FromClient, client.ClientClose);
            if (client.ClientClose is { } close && upstream.State is WebSocketState.Open)
            {
                var (status, reason) = CassetteSocket.CloseOf(close.Code, close.Reason);
                await upstream.CloseOutputAsync(status, reason, CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                upstream.Abort();
            }
        }
        catch (Exception e) when (CassetteSocket.IsBroken(e))
        {
            upstream.Abort();
        }
        await returning.ConfigureAwait(false);
    }

    private async Task ReturnAsync(ClientWebSocket upstream, CassetteSocket client, int connection)
    {
        try
        {
            while (await CassetteSocket.ReceiveAsync(upstream).ConfigureAwait(false) is { } message)
            {
                recording.Add(connection, LiveDirection.ToClient, message);
                await client.SendAsync(message.Payload, message.Type).ConfigureAwait(false);
            }
            var (code, reason) = ((int?)upstream.CloseStatus ?? 1005, upstream.CloseStatusDescription ?? "");
            recording.End(connection, LiveDirection.ToClient, (code, reason));
            await client.CloseAsync(code, reason).ConfigureAwait(false);
        }
        catch (Exception e) when (CassetteSocket.IsBroken(e))
        {
            recording.End(connection, LiveDirection.ToClient, close: null);
            client.Abort();
        }
    }

    // As it was sent: the path of a request is decoded.
    private static string TargetOf(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] raw ? raw : context.Request.GetEncodedPathAndQuery();

    private static bool IsForwarded(string header) => header.StartsWith("x-goog-", StringComparison.OrdinalIgnoreCase) || header is "Authorization" or "User-Agent";
}

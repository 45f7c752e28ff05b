using System.Collections.ObjectModel;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Storage;
using Parley.Server.Sockets;
using Parley.Server.Wire;

namespace Parley.Server.Endpoints;

/// <summary>Handles the WebSocket upgrade: checks origin, server limits, credential and key limits, then serves the connection.</summary>
internal sealed partial class SocketEndpoint(
    ConnectionServices services, CredentialCheck credentials, RequestOrigin origins, ConnectionAdmission admission, KeyConnectionLimits keys, IOptions<RelayOptions> relay)
{
    private readonly string[] _forwarded = [.. relay.Value.Upstreams.SelectMany(static upstream => upstream.ForwardHeaders).Distinct(StringComparer.OrdinalIgnoreCase)];

    internal ConnectionServices Services => services;

    internal RequestDelegate For(string version, bool constrained) => context => HandleAsync(context, version, constrained, isVertex: false);

    internal RequestDelegate ForVertex(string version) => context => HandleAsync(context, VertexDialect.ApiVersion(version), constrained: false, isVertex: true);

    private Task HandleAsync(HttpContext context, string version, bool constrained, bool isVertex)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return ApiJson.WriteErrorAsync(context, 400, "FAILED_PRECONDITION", "This method requires a WebSocket upgrade.");
        var remote = RequestOrigin.AddressOf(context);
        if (!origins.IsAllowed(context))
        {
            services.Metrics.RefusedAtHttp(403);
            Log.RefusedOrigin(services.Logger, remote);
            return ApiJson.WriteErrorAsync(context, ApiException.ForeignOrigin);
        }
        if (admission.Refuse(context) is { } full)
        {
            services.Metrics.RefusedAtHttp(full.Code);
            Log.RefusedAtHttp(services.Logger, full.Close.Reason, remote);
            return ApiJson.WriteRefusalAsync(context, full);
        }
        var (caller, refusal) = Check(context, constrained, isVertex);
        // The credential is no longer needed, and the request lives as long as the session.
        context.Features.Set<RequestSecrets>(null);
        if (refusal is not null && (services.Options.RejectAtHttp || isVertex))
        {
            services.Metrics.RefusedAtHttp(refusal.Code);
            Log.RefusedAtHttp(services.Logger, refusal.Close.Reason, remote);
            return ApiJson.WriteRefusalAsync(context, refusal);
        }
        return ServeAsync(context, new ConnectionRequest(version, refusal is null ? caller : null, refusal, remote)
        {
            ForwardedHeaders = Forwarded(context),
            Dialect = isVertex ? new VertexDialect() : null,
        });
    }

    private IReadOnlyDictionary<string, string> Forwarded(HttpContext context)
    {
        if (_forwarded.Length == 0)
            return ReadOnlyDictionary<string, string>.Empty;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in _forwarded)
        {
            if (context.Request.Headers.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value)
                headers[name] = value;
        }
        return headers;
    }

    private (Caller? Caller, Refusal? Refusal) Check(HttpContext context, bool constrained, bool isVertex)
    {
        try
        {
            var (caller, refusal) = credentials.CheckSocket(context, constrained);
            return (caller, caller is not null ? keys.Refuse(caller) : isVertex ? Refusal.InvalidBearer : refusal);
        }
        catch (StorageException)
        {
            // Logged where it happened.
            return (null, Refusal.Unavailable(retryAfter: null));
        }
    }

    // Separate from the checks: locals of this method live as long as the session.
    private async Task ServeAsync(HttpContext context, ConnectionRequest request)
    {
        var (socket, frameLimiter) = await AcceptAsync(context).ConfigureAwait(false);
        await new LiveConnection(services, socket, request, frameLimiter).RunAsync().ConfigureAwait(false);
    }

    private async Task<(WebSocket Socket, FrameLimiter? FrameLimiter)> AcceptAsync(HttpContext context)
    {
        // Without a keep-alive: this socket is only used by hosts that provide no stream.
        var accepted = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero }).ConfigureAwait(false);
        if (context.Features.Get<UpgradedStream>()?.Stream is not { } stream)
            return (accepted, null);
        var frameLimiter = new FrameLimiter(services.Time, services.Options.Connections.MaxPingsPerMinute, services.Options.Messages.MaxFragments);
        var (socket, early) = context.Features.Get<IDirectConnection>()?.Take() ?? (stream, []);
        return (new FrameSocket(socket, isServer: true, services.Time, (services.Options.Connections.KeepAliveInterval, services.Options.Connections.KeepAliveTimeout), frameLimiter, context.Abort, early), frameLimiter);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.OriginRefused, LogLevel.Warning, "Refused with 403: origin not allowed, client {Remote}")]
        public static partial void RefusedOrigin(ILogger logger, string remote);

        [LoggerMessage(EventIds.RefusedAtHttp, LogLevel.Warning, "Refused over HTTP: {Reason}, client {Remote}")]
        public static partial void RefusedAtHttp(ILogger logger, string reason, string remote);
    }
}

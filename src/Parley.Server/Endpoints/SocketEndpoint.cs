using System.Collections.ObjectModel;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Protocol;
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
    private readonly LogLimit _refusalLog = new(services.Time, TimeSpan.FromSeconds(1));

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
            return RefuseAsync(context, full, full.Close.Reason, remote);
        var (caller, refusal) = Check(context, constrained, isVertex);
        // The credential is no longer needed, and the request lives as long as the session.
        context.Features.Set<RequestSecrets>(null);
        if (refusal is not null && (services.Options.RejectAtHttp || isVertex))
        {
            services.Metrics.RefusedAtHttp(refusal.Code);
            Log.RefusedAtHttp(services.Logger, refusal.Close.Reason, remote);
            return ApiJson.WriteRefusalAsync(context, refusal);
        }
        var request = new ConnectionRequest(version, refusal is null ? caller : null, refusal, remote)
        {
            ForwardedHeaders = Forwarded(context),
            Dialect = isVertex ? new VertexDialect(hidesCallIds: services.Options.Compatibility == LiveCompatibility.Strict) : null,
        };
        if (caller is not null)
            return ServeAsync(context, request, place: null);
        return admission.TryEnterStranger() is { } place
            ? ServeAsync(context, request, place)
            : RefuseAsync(context, ConnectionAdmission.TooManyStrangers, "too many clients without a valid credential", remote);
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

    // Refused by a limit of the server. A flood causes thousands of these a second: the metric counts them, the log has one a second.
    private Task RefuseAsync(HttpContext context, Refusal refusal, string why, string remote)
    {
        services.Metrics.RefusedAtHttp(refusal.Code);
        if (_refusalLog.TryEnter())
            Log.AtLimit(services.Logger, why, remote);
        return ApiJson.WriteRefusalAsync(context, refusal);
    }

    // Separate from the checks: locals of this method live as long as the session.
    private async Task ServeAsync(HttpContext context, ConnectionRequest request, SessionLease? place)
    {
        var connection = CountedConnection.Of(context);
        connection?.UpgradeStarted();
        try
        {
            var (socket, frameLimiter) = await AcceptAsync(context).ConfigureAwait(false);
            await new LiveConnection(services, socket, request, frameLimiter).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            place?.Dispose();
            connection?.UpgradeEnded();
        }
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

        [LoggerMessage(EventIds.RefusedAtLimit, LogLevel.Warning, "Refused over HTTP: {Reason}, client {Remote}. Reported once a second; parley.refusals counts all")]
        public static partial void AtLimit(ILogger logger, string reason, string remote);
    }
}

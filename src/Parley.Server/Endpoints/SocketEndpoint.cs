using System.Collections.ObjectModel;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Sessions;
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

    // The checks are a method of their own: locals of this one live as long as the session.
    private async Task HandleAsync(HttpContext context, string version, bool constrained, bool isVertex)
    {
        var (request, place) = await AdmitAsync(context, version, constrained, isVertex).ConfigureAwait(false);
        if (request is null)
            return;
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

    /// <summary>Checks whether a request may become a connection; answers it if not.</summary>
    /// <returns>The request, null if it was answered, and the place of a client without a valid credential.</returns>
    private async ValueTask<(ConnectionRequest? Request, SessionLease? Place)> AdmitAsync(HttpContext context, string version, bool constrained, bool isVertex)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await ApiJson.WriteErrorAsync(context, 400, "FAILED_PRECONDITION", "This method requires a WebSocket upgrade.").ConfigureAwait(false);
            return default;
        }
        var remote = RequestOrigin.AddressOf(context);
        if (!origins.IsAllowed(context))
        {
            services.Metrics.RefusedAtHttp(403);
            Log.RefusedOrigin(services.Logger, remote);
            await ApiJson.WriteErrorAsync(context, ApiException.ForeignOrigin).ConfigureAwait(false);
            return default;
        }
        if (admission.Refuse(context) is { } full)
        {
            await RefuseAsync(context, full, full.Close.Reason, remote).ConfigureAwait(false);
            return default;
        }
        var (caller, refusal) = await CheckAsync(context, constrained, isVertex).ConfigureAwait(false);
        // The credential is no longer needed, and the request lives as long as the session.
        context.Features.Set<RequestSecrets>(null);
        if (refusal is not null && (services.Options.RejectAtHttp || isVertex || refusal == Refusal.ForeignOrigin))
        {
            services.Metrics.RefusedAtHttp(refusal.Code);
            Log.RefusedAtHttp(services.Logger, refusal.Close.Reason, remote);
            await ApiJson.WriteRefusalAsync(context, refusal).ConfigureAwait(false);
            return default;
        }
        var request = new ConnectionRequest(version, refusal is null ? caller : null, refusal, remote)
        {
            ForwardedHeaders = Forwarded(context),
            CallHandlers = context.GetEndpoint()?.Metadata.GetOrderedMetadata<EndpointCallHandler>() ?? [],
            Dialect = isVertex ? new VertexDialect(hidesCallIds: services.Options.Compatibility == LiveCompatibility.Strict) : null,
        };
        if (caller is not null)
            return (request, null);
        if (admission.TryEnterStranger() is { } place)
            return (request, place);
        await RefuseAsync(context, ConnectionAdmission.TooManyStrangers, "too many clients without a valid credential", remote).ConfigureAwait(false);
        return default;
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

    private async ValueTask<(Caller? Caller, Refusal? Refusal)> CheckAsync(HttpContext context, bool constrained, bool isVertex)
    {
        try
        {
            var (caller, refusal) = await credentials.CheckSocketAsync(context, constrained).ConfigureAwait(false);
            return (caller, caller is not null ? await keys.RefuseAsync(caller, context.RequestAborted).ConfigureAwait(false) : isVertex && refusal != Refusal.ForeignOrigin ? Refusal.InvalidBearer : refusal);
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

    /// <summary>Upgrades a request; other sockets of this server, such as those of telephone carriers, are accepted here too.</summary>
    internal async Task<(WebSocket Socket, FrameLimiter? FrameLimiter)> AcceptAsync(HttpContext context)
    {
        if (services.Recorder?.UpgradeHeader is { } recording)
            context.Response.Headers[RecordingHeader.Name] = recording;
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

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.Server.Sockets;

/// <summary>
/// Captures the stream of an upgraded request, over HTTP/1.1 or HTTP/2: the framework does the handshake, <see cref="FrameSocket"/> the frames.
/// Hosts without a stream, such as <c>Microsoft.AspNetCore.TestHost</c>, provide a WebSocket of their own.
/// </summary>
internal sealed class UpgradedStream : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private UpgradedStream(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) => (_upgrade, _connect) = (upgrade, connect);

    /// <summary>The stream; null before the upgrade.</summary>
    internal Stream? Stream { get; private set; }

    bool IHttpUpgradeFeature.IsUpgradableRequest => _upgrade!.IsUpgradableRequest;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => _connect!.IsExtendedConnect;

    string? IHttpExtendedConnectFeature.Protocol => _connect!.Protocol;

    async Task<Stream> IHttpUpgradeFeature.UpgradeAsync() => Stream = await _upgrade!.UpgradeAsync().ConfigureAwait(false);

    async ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync() => Stream = await _connect!.AcceptAsync().ConfigureAwait(false);

    /// <summary>Runs before the WebSocket middleware, which takes the stream from these features.</summary>
    internal static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var (upgrade, connect) = (context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>());
        var kept = new UpgradedStream(upgrade, connect);
        context.Features.Set(kept);
        if (upgrade is not null)
            context.Features.Set<IHttpUpgradeFeature>(kept);
        if (connect is not null)
            context.Features.Set<IHttpExtendedConnectFeature>(kept);
        return next(context);
    }
}

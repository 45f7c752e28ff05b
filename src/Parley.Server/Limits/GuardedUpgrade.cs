using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.Server;

/// <summary>Puts a <see cref="FrameGuard"/> into the transport of a request that is upgraded, over HTTP/1.1 or HTTP/2.</summary>
internal static class GuardedUpgrade
{
    /// <summary>Runs before the WebSocket middleware, which takes the transport from these features.</summary>
    internal static Task InvokeAsync(HttpContext context, RequestDelegate next, LiveServer server)
    {
        var guard = new FrameGuard(server.Time, server.Options.MaxPingsPerMinute, server.Options.MaxFragments);
        context.Features.Set(guard);
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            context.Features.Set<IHttpUpgradeFeature>(new Upgrade(upgrade, guard));
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { } connect)
            context.Features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect(connect, guard));
        return next(context);
    }

    private sealed class Upgrade(IHttpUpgradeFeature inner, FrameGuard guard) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => new GuardedStream(await inner.UpgradeAsync().ConfigureAwait(false), guard);
    }

    private sealed class ExtendedConnect(IHttpExtendedConnectFeature inner, FrameGuard guard) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync() => new GuardedStream(await inner.AcceptAsync().ConfigureAwait(false), guard);
    }
}

using Microsoft.Extensions.Options;

namespace Parley.Server.Sockets;

/// <summary>What strangers may make the server do in a second.</summary>
internal sealed class SharedRateLimits(IOptions<LiveApiOptions> options, TimeProvider time)
{
    /// <summary>Connections that are accepted.</summary>
    internal RateLimiter Accepts { get; } = new(time, options.Value.Connections.MaxConnectionsPerSecond);

    /// <summary>Bytes that are read to be thrown away.</summary>
    internal RateLimiter DiscardedBytes { get; } = new(time, options.Value.Connections.MaxDiscardedBytesPerSecond);
}

using Microsoft.Extensions.Options;

namespace Parley.Server.Sockets;

/// <summary>Rate limits for work that clients cause before or after their session, for all connections together.</summary>
internal sealed class SharedRateLimits(IOptions<LiveApiOptions> options, TimeProvider time)
{
    /// <summary>Accepted connections.</summary>
    internal RateLimiter Accepts { get; } = new(time, options.Value.Connections.MaxConnectionsPerSecond);

    /// <summary>Bytes that are read only to be discarded.</summary>
    internal RateLimiter DiscardedBytes { get; } = new(time, options.Value.Connections.MaxDiscardedBytesPerSecond);
}

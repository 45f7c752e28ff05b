using Microsoft.Extensions.Options;

namespace Parley.Server;

/// <summary>What strangers may make the server do in a second.</summary>
internal sealed class Paces(IOptions<LiveApiOptions> options, TimeProvider time)
{
    /// <summary>Connections that are accepted.</summary>
    internal Pace Connections { get; } = new(time, options.Value.MaxConnectionsPerSecond);

    /// <summary>Bytes that are read to be thrown away.</summary>
    internal Pace Discards { get; } = new(time, options.Value.MaxDiscardedBytesPerSecond);
}

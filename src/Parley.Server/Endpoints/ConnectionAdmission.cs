using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// Whether the server takes one more connection, whoever asks. Answered before the upgrade, always: a flood must not cost the memory of
/// the connections it is refused.
/// </summary>
internal sealed class ConnectionAdmission(IOptions<LiveApiOptions> options, SessionRegistry registry, IMemoryGauge memory, TimeProvider time)
{
    /// <summary>Part of the memory there is that may be used where the operator says nothing.</summary>
    private const double DefaultShare = 0.8;

    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(5);

    private readonly OpenRateLimiter _addresses = new(time);
    private readonly long _maxMemory = options.Value.Connections.MaxMemoryBytes > 0 ? options.Value.Connections.MaxMemoryBytes : (long)(memory.AvailableBytes * DefaultShare);

    /// <summary>Memory is used up to the bound, and no new session is taken.</summary>
    internal bool IsMemoryFull => memory.UsedBytes > _maxMemory;

    /// <summary>As many connections as there may be.</summary>
    internal bool IsFull => registry.Count >= options.Value.Connections.MaxConnections;

    /// <summary>For people: used and bound.</summary>
    internal string MemoryState => $"{memory.UsedBytes >> 20} of {_maxMemory >> 20} MiB";

    /// <summary>Null where the connection is taken.</summary>
    internal Refusal? Refuse(HttpContext context)
    {
        if (registry.IsDraining || IsFull || IsMemoryFull)
            return Refusal.Unavailable(FullRetry);
        var limit = options.Value.Connections.MaxOpensPerAddressPerMinute;
        // Who is on this machine is a proxy, or could do worse.
        if (limit == 0 || context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
            return null;
        return _addresses.TryAcquire(OpenRateLimiter.PartitionOf(address), limit, out var retryAfter) ? null : Refusal.Quota(retryAfter);
    }
}

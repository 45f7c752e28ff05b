using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Sockets;

namespace Parley.Server.Endpoints;

/// <summary>
/// Decides whether the server accepts another connection: connections, memory, and openings per address. Always checked before the upgrade, so that a
/// flood does not cost the memory of refused connections.
/// </summary>
internal sealed class ConnectionAdmission(IOptions<LiveApiOptions> options, SessionRegistry registry, IMemoryGauge memory, ConnectionGate gate, TimeProvider time)
{
    /// <summary>Share of the available memory that may be used by default.</summary>
    private const double DefaultShare = 0.8;

    /// <summary>By default clients without a valid credential may have a quarter of the connections.</summary>
    private const int StrangersShare = 4;

    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(5);

    private readonly OpenRateLimiter _addresses = new(time);
    private readonly long _maxMemory = options.Value.Connections.MaxMemoryBytes > 0 ? options.Value.Connections.MaxMemoryBytes : (long)(memory.AvailableBytes * DefaultShare);

    /// <summary>The memory limit is reached: new connections are refused.</summary>
    internal bool IsMemoryFull => memory.Measure(_maxMemory) > _maxMemory;

    /// <summary>The connection limit is reached.</summary>
    internal bool IsFull => registry.Count >= options.Value.Connections.MaxConnections;

    /// <summary>Display text: used and allowed memory.</summary>
    internal string MemoryState => $"{memory.Measure(_maxMemory) >> 20} of {_maxMemory >> 20} MiB";

    /// <summary>The refusal; null if the connection is accepted.</summary>
    internal Refusal? Refuse(HttpContext context)
    {
        if (registry.IsDraining || IsFull || IsMemoryFull)
            return Refusal.Unavailable(FullRetry);
        var limit = options.Value.Connections.MaxOpensPerAddressPerMinute;
        // Local callers are exempt: they are a proxy, or have easier ways to overload this machine.
        if (limit == 0 || context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
            return null;
        return _addresses.TryAcquire(OpenRateLimiter.PartitionOf(address), limit, out var retryAfter) ? null : Refusal.Quota(retryAfter);
    }

    /// <summary>Counts a client without a valid credential, which is upgraded only to read why it is refused; null if there are too many.</summary>
    internal SessionLease? TryEnterStranger() => registry.TryEnterStranger(MaxStrangers);

    /// <summary>The refusal of a stranger that was not counted.</summary>
    internal static Refusal TooManyStrangers => Refusal.Unavailable(FullRetry);

    private int MaxStrangers => options.Value.Connections.MaxUnauthenticated is > 0 and var most ? most : Math.Max(1, gate.Capacity / StrangersShare);
}

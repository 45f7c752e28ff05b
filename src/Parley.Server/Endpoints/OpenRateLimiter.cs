using System.Net;
using System.Net.Sockets;

namespace Parley.Server.Endpoints;

/// <summary>
/// Counts openings by address or key in windows of a minute that begin with the first. Not the limiters of ASP.NET Core: those count on a
/// clock of their own, and answer before the upgrade, where a browser cannot see why (docs/decisions/0032-limits.md).
/// </summary>
internal sealed class OpenRateLimiter(TimeProvider time)
{
    /// <summary>Far more than come in a minute by nature; in a flood from more addresses than this, some are counted anew.</summary>
    private const int MaxPartitions = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Started, int Count)> _windows = new(StringComparer.Ordinal);

    /// <summary>Takes one opening.</summary>
    /// <param name="partition">Who opens.</param>
    /// <param name="limit">Openings in a minute.</param>
    /// <param name="retryAfter">When there is room again, where there is none.</param>
    internal bool TryAcquire(string partition, int limit, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            retryAfter = TimeSpan.Zero;
            var now = time.GetTimestamp();
            if (!_windows.TryGetValue(partition, out var window) || time.GetElapsedTime(window.Started, now) >= Window)
            {
                if (_windows.Count >= MaxPartitions)
                    DropOld(now);
                window = (now, 0);
            }
            if (window.Count >= limit)
            {
                retryAfter = Window - time.GetElapsedTime(window.Started, now);
                return false;
            }
            _windows[partition] = (window.Started, window.Count + 1);
            return true;
        }
    }

    /// <summary>The partition of an address: a whole /64 of IPv6, which is what one customer has.</summary>
    internal static string PartitionOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private void DropOld(long now)
    {
        foreach (var (partition, window) in _windows)
        {
            if (time.GetElapsedTime(window.Started, now) >= Window)
                _windows.Remove(partition);
        }
        if (_windows.Count >= MaxPartitions)
            _windows.Clear();
    }
}

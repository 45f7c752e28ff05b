using System.Net;
using System.Net.Sockets;

namespace Parley.Server.Access;

/// <summary>
/// Limits openings per minute by address or key, in windows that begin with the first opening. Not the limiters of ASP.NET Core: those use a clock of their
/// own, and refuse before the upgrade, where a browser cannot see the reason (docs/decisions/0032-limits.md).
/// </summary>
internal sealed class OpenRateLimiter(TimeProvider time)
{
    /// <summary>Far more than normal use needs; in a flood from more addresses, some counts start again.</summary>
    private const int MaxPartitions = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Started, int Count)> _windows = new(StringComparer.Ordinal);

    /// <summary>Counts an opening; false if the limit is reached.</summary>
    /// <param name="partition">The address or key.</param>
    /// <param name="limit">Openings per minute.</param>
    /// <param name="retryAfter">Time until the next opening is allowed, if the limit is reached.</param>
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

    /// <summary>The partition of an address: for IPv6 its /64, which usually belongs to one customer.</summary>
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

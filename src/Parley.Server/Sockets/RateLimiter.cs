namespace Parley.Server.Sockets;

/// <summary>
/// A rate limiter that delays instead of refusing: units per second, with a burst of one second. Callers beyond the rate wait in the order of their calls.
/// Safe for use by many threads.
/// </summary>
/// <param name="time">The clock it runs on.</param>
/// <param name="perSecond">Units per second, which is also the burst; 0 = unlimited.</param>
/// <param name="maxDelay">Longest delay; units beyond it are not charged. Null = no limit.</param>
internal sealed class RateLimiter(TimeProvider time, long perSecond, TimeSpan? maxDelay = null)
{
    private readonly Lock _gate = new();
    private readonly double _maxDelay = maxDelay?.TotalSeconds ?? double.PositiveInfinity;
    private readonly long _started = time.GetTimestamp();
    private double _paidUntil; // seconds after the start at which all acquired units are paid for

    /// <summary>Acquires units; completes when the rate allows it.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The units stay acquired.</exception>
    internal ValueTask AcquireAsync(long units, CancellationToken cancellationToken) =>
        Acquire(units) is { Ticks: > 0 } wait ? new(Task.Delay(wait, time, cancellationToken)) : default;

    private TimeSpan Acquire(long units)
    {
        if (perSecond == 0)
            return TimeSpan.Zero;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_started).TotalSeconds;
            _paidUntil = Math.Min(Math.Max(_paidUntil, now) + ((double)units / perSecond), now + 1 + _maxDelay);
            return TimeSpan.FromSeconds(Math.Max(0, _paidUntil - now - 1));
        }
    }
}

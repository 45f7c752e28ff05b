namespace Parley.Server.Sockets;

/// <summary>
/// So much a second, all connections together, of work that is done for nobody in particular. Nothing is refused: who takes more than there is
/// waits, in the order of asking, and whoever talks meanwhile has the processors.
/// </summary>
/// <param name="time">The clock it runs on.</param>
/// <param name="perSecond">Units a second; what a second gives may be had at once. 0 = any number.</param>
/// <param name="maxDelay">Nobody waits longer, and what is owed beyond it is let off; null = as long as it takes.</param>
internal sealed class RateLimiter(TimeProvider time, long perSecond, TimeSpan? maxDelay = null)
{
    private readonly Lock _gate = new();
    private readonly double _maxDelay = maxDelay?.TotalSeconds ?? double.PositiveInfinity;
    private readonly long _started = time.GetTimestamp();
    private double _paidUntil; // seconds from the start, when all that was taken is paid for

    /// <summary>Takes; ends when it is paid for.</summary>
    /// <exception cref="OperationCanceledException">It was given up. It stays taken.</exception>
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

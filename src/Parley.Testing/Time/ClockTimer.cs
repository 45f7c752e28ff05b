namespace Parley.Testing.Time;

/// <summary>A timer of a <see cref="TestClock"/>. Its state is guarded by the clock's lock.</summary>
internal sealed class ClockTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
{
    /// <summary>As for a timer of the system.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    public static IComparer<ClockTimer> ByDue { get; } =
        Comparer<ClockTimer>.Create(static (a, b) => (a.DueTicks, a.Number).CompareTo((b.DueTicks, b.Number)));

    public bool IsDisposed { get; private set; }

    public TimeSpan Delay { get; private set; }

    public TimeSpan? Period { get; private set; }

    /// <summary>Due time in ticks since the clock was created.</summary>
    public long DueTicks { get; private set; }

    /// <summary>Order of arming: of two timers due at the same time, the one armed first fires first.</summary>
    private long Number { get; set; }

    public void Armed(TimeSpan delay, TimeSpan? period, long dueTicks, long number) =>
        (Delay, Period, DueTicks, Number) = (delay, period, dueTicks, number);

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime);
        Check(period);
        return clock.Arm(this, dueTime, period);
    }

    public void Fire()
    {
        if (IsDisposed)
            return;
        if (_context is null)
            callback(state);
        else
            ExecutionContext.Run(_context, static timer => ((ClockTimer)timer!).Call(), this);
    }

    public void Dispose()
    {
        IsDisposed = true;
        clock.Disarm(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Call() => callback(state);

    private static void Check(TimeSpan time)
    {
        if ((time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan) || time > Longest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(time), time, $"A timer takes a time from zero to {Longest:c}, or Timeout.InfiniteTimeSpan.");
        }
    }
}

using Parley.Testing.Time;

namespace Parley.Testing;

/// <summary>
/// A clock that only moves when the test advances it. Timers fire in the order of their due times, and while one fires the clock shows
/// its due time: a timer that its own callback arms again fires as often as in real time, however far the test advances. Timers fire on
/// the thread that advances. Safe for use by many threads.
/// <para>
/// The code under test often arms a timer just after the test observes the event that caused it. Instead of sleeping or advancing in a
/// loop, a test names the timer by its delay and waits until it is armed.
/// </para>
/// <list type="bullet">
/// <item><see cref="Advance"/>: the timer is known to be armed.</item>
/// <item><see cref="TimerAsync(TimeSpan, int, CancellationToken)"/>: waits until it is armed; then <see cref="Advance"/>.</item>
/// <item><see cref="AdvanceUntilAsync(Task, TimeSpan)"/>: waits for every timer of this delay and advances to it, until an event.</item>
/// <item><see cref="AdvanceAsync"/>: a long time with asynchronous work between timers; <see cref="Settle"/> tells when it is done.</item>
/// </list>
/// </summary>
public sealed partial class TestClock : TimeProvider
{
    private readonly Lock _driver = new();
    private readonly Lock _gate = new();
    private readonly SortedSet<ClockTimer> _pending = new(ClockTimer.ByDue);
    private readonly List<TimerWait> _waits = [];
    private readonly List<Func<CancellationToken, Task>> _settle = [];
    private readonly DateTimeOffset _start;
    private long _elapsed;
    private long _armed;
    private int _advancing;

    /// <summary>Creates a clock.</summary>
    /// <param name="start">The initial time; null = 2026-01-01 12:00 UTC.</param>
    public TestClock(DateTimeOffset? start = null) =>
        _start = (start ?? new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)).ToUniversalTime();

    /// <summary>Total time by which the clock was advanced.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _elapsed));

    /// <summary>The pending timers, the next one first.</summary>
    public IReadOnlyList<PendingTimer> Timers
    {
        get
        {
            lock (_gate)
                return Snapshot();
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _elapsed);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ClockTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Adds work that <see cref="AdvanceAsync"/> and <see cref="AdvanceUntilAsync(Task, TimeSpan)"/> await after each timer, before the
    /// clock goes on: for example a round trip through the server, after which everything that the timer started is done.
    /// </summary>
    /// <param name="settled">Returns a task that completes when the work is done.</param>
    public void Settle(Func<CancellationToken, Task> settled)
    {
        ArgumentNullException.ThrowIfNull(settled);
        lock (_gate)
            _settle.Add(settled);
    }

    /// <summary>
    /// Advances the clock and fires the timers due on the way, in order, including those armed meanwhile. Returns after the last callback.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        lock (_driver)
            AdvanceTo(_elapsed + time.Ticks);
    }

    /// <summary>
    /// Advances the clock from timer to timer and awaits <see cref="Settle"/> after each, so that the work of one timer is done before
    /// the next fires.
    /// </summary>
    /// <param name="time">How far; zero fires the timers due now.</param>
    /// <param name="cancellationToken">Cancels the waits, not the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ExpectationException">Work did not settle within <see cref="Expect.Bound"/> in real time.</exception>
    public async Task AdvanceAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var end = GetTimestamp() + time.Ticks;
        while (NextDue(end) is { } due)
        {
            lock (_driver)
                AdvanceTo(due);
            await SettleAsync(cancellationToken).ConfigureAwait(false);
        }
        lock (_driver)
            AdvanceTo(end);
    }

    /// <summary>Waits until timers with this delay are armed; returns at once if they already are. Does not advance the clock.</summary>
    /// <param name="delay">The delay the code under test arms the timer with.</param>
    /// <param name="count">How many must be pending at the same time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The one that fires last.</returns>
    /// <exception cref="ExpectationException">They were not armed within <see cref="Expect.Bound"/> in real time.</exception>
    public Task<PendingTimer> TimerAsync(TimeSpan delay, int count = 1, CancellationToken cancellationToken = default) =>
        TimerAsync(timer => timer.Delay == delay, $"{count} timer(s) of {delay:c}", count, cancellationToken);

    /// <summary>Waits until matching timers are armed; returns at once if they already are. Does not advance the clock.</summary>
    /// <param name="matches">Whether the timer matches. Called under a lock: it must not use the clock.</param>
    /// <param name="expected">The timer in words, for the failure.</param>
    /// <param name="count">How many must be pending at the same time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The one that fires last.</returns>
    /// <exception cref="ExpectationException">They were not armed within <see cref="Expect.Bound"/> in real time.</exception>
    public async Task<PendingTimer> TimerAsync(
        Func<PendingTimer, bool> matches,
        string expected = "a timer that matches",
        int count = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(matches);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var wait = Watch(matches, count);
        try
        {
            return await WithinAsync(wait.Task, expected, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Forget(wait);
        }
    }

    /// <summary>
    /// Waits for timers with this delay and advances to each, until something has happened. Other timers fire if they are due on the way,
    /// but the clock never advances for them, nor for periodic timers, which would move it without end. Name a delay that only the
    /// awaited timers have.
    /// </summary>
    /// <param name="happened">The event to wait for. Its failure is thrown.</param>
    /// <param name="delay">The delay the code under test arms the timers with.</param>
    /// <exception cref="ExpectationException">Neither the event nor a timer came within <see cref="Expect.Bound"/> in real time.</exception>
    public Task AdvanceUntilAsync(Task happened, TimeSpan delay) => AdvanceUntilAsync(happened, timer => timer.Delay == delay);

    /// <inheritdoc cref="AdvanceUntilAsync(Task, TimeSpan)"/>
    /// <param name="happened">The event to wait for. Its failure is thrown.</param>
    /// <param name="drives">Whether to advance to this timer. Called under a lock: it must not use the clock.</param>
    public async Task AdvanceUntilAsync(Task happened, Func<PendingTimer, bool> drives)
    {
        ArgumentNullException.ThrowIfNull(happened);
        ArgumentNullException.ThrowIfNull(drives);
        while (!happened.IsCompleted)
        {
            var wait = Watch(timer => timer.Period is null && drives(timer), count: 1);
            try
            {
                await WithinAsync(Task.WhenAny(happened, wait.Task), "what the clock is advanced for, or a timer to advance to", default).ConfigureAwait(false);
                if (happened.IsCompleted)
                    break;
                var due = (await wait.Task.ConfigureAwait(false)).Due;
                lock (_driver)
                    AdvanceTo((due - _start).Ticks);
            }
            finally
            {
                Forget(wait);
            }
            await SettleAsync(default).ConfigureAwait(false);
        }
        await happened.ConfigureAwait(false);
    }
}

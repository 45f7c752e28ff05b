using Parley.TestKit.Internal;

namespace Parley.TestKit;

/// <summary>
/// A clock that stands still until the test moves it. Timers fire in the order in which they are due, and while one fires the clock shows its
/// due time: a timer that is armed anew by its own callback fires as often as it would in real time, however far the test advances.
/// Safe for use by many threads; timers fire on the thread that advances.
/// <para>
/// The code under test arms most timers just after the test can see what they follow. A test therefore does not sleep and does not advance again and
/// again: it names the timer by its delay and waits until it is armed.
/// </para>
/// <list type="bullet">
/// <item><see cref="Advance"/>: the timer is known to be armed.</item>
/// <item><see cref="TimerAsync(TimeSpan, int, CancellationToken)"/>: waits until it is armed; then <see cref="Advance"/>.</item>
/// <item><see cref="AdvanceUntilAsync(Task, TimeSpan)"/>: waits and advances, for every timer of this delay, until something has happened.</item>
/// <item><see cref="AdvanceAsync"/>: a long time with work between the timers; <see cref="Settle"/> says when that work is done.</item>
/// </list>
/// </summary>
public sealed class TestClock : TimeProvider
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

    /// <param name="start">The first time it shows, in UTC; null = noon of the first day of 2026.</param>
    public TestClock(DateTimeOffset? start = null) =>
        _start = (start ?? new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)).ToUniversalTime();

    /// <summary>The time it was advanced by since it was created.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _elapsed));

    /// <summary>The timers that wait, the next one first.</summary>
    public IReadOnlyList<PendingTimer> Timers
    {
        get
        {
            lock (_gate)
                return Snapshot();
        }
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override long GetTimestamp() => Volatile.Read(ref _elapsed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ClockTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Work to await after each timer that <see cref="AdvanceAsync"/> or <see cref="AdvanceUntilAsync(Task, TimeSpan)"/> fired, before the clock goes on.
    /// Such as a message there and back, behind which all the work that a timer started is done.
    /// </summary>
    /// <param name="settled">Returns a task that ends when the work is done.</param>
    public void Settle(Func<CancellationToken, Task> settled)
    {
        ArgumentNullException.ThrowIfNull(settled);
        lock (_gate)
            _settle.Add(settled);
    }

    /// <summary>Moves the clock and fires what is due on the way, in order; also timers that are armed meanwhile. Returns when all callbacks have.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        lock (_driver)
            AdvanceTo(_elapsed + time.Ticks);
    }

    /// <summary>Moves the clock from timer to timer, and awaits <see cref="Settle"/> after each, so that what one timer starts is done before the next fires.</summary>
    /// <param name="time">How far; zero fires what is due now.</param>
    /// <param name="cancellationToken">Ends the waits, not what they wait for.</param>
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
            await SettleAsync(cancellationToken);
        }
        lock (_driver)
            AdvanceTo(end);
    }

    /// <summary>Waits until timers with this delay are armed, be it already or still to come. The clock stands still.</summary>
    /// <param name="delay">The delay the code under test arms the timer with.</param>
    /// <param name="count">How many there must be at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The last of them to fire.</returns>
    /// <exception cref="ExpectationException">They were not armed within <see cref="Expect.Bound"/> in real time.</exception>
    public Task<PendingTimer> TimerAsync(TimeSpan delay, int count = 1, CancellationToken cancellationToken = default) =>
        TimerAsync(timer => timer.Delay == delay, $"{count} timer(s) of {delay:c}", count, cancellationToken);

    /// <summary>Waits until timers that match are armed, be it already or still to come. The clock stands still.</summary>
    /// <param name="matches">Whether it is such a timer. Called under a lock: it must not use the clock.</param>
    /// <param name="expected">The timer in words, for the failure.</param>
    /// <param name="count">How many there must be at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The last of them to fire.</returns>
    /// <exception cref="ExpectationException">They were not armed within <see cref="Expect.Bound"/> in real time.</exception>
    public async Task<PendingTimer> TimerAsync(
        Func<PendingTimer, bool> matches, string expected = "a timer that matches", int count = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(matches);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var wait = Watch(matches, count);
        try
        {
            return await WithinAsync(wait.Task, expected, cancellationToken);
        }
        finally
        {
            Forget(wait);
        }
    }

    /// <summary>
    /// Waits for timers with this delay and advances to each, until something has happened. Other timers fire on the way where they are due, but
    /// never move the clock. Periodic timers do not either: they would move it for ever.
    /// </summary>
    /// <param name="happened">What the time is for. Its failure is thrown.</param>
    /// <param name="delay">The delay the code under test arms the timers with.</param>
    /// <exception cref="ExpectationException">Within <see cref="Expect.Bound"/> in real time it did not happen and no such timer was armed.</exception>
    public Task AdvanceUntilAsync(Task happened, TimeSpan delay) => AdvanceUntilAsync(happened, timer => timer.Delay == delay);

    /// <inheritdoc cref="AdvanceUntilAsync(Task, TimeSpan)"/>
    /// <param name="drives">Whether the clock advances to this timer. Called under a lock: it must not use the clock.</param>
    public async Task AdvanceUntilAsync(Task happened, Func<PendingTimer, bool> drives)
    {
        ArgumentNullException.ThrowIfNull(happened);
        ArgumentNullException.ThrowIfNull(drives);
        while (!happened.IsCompleted)
        {
            var wait = Watch(timer => timer.Period is null && drives(timer), count: 1);
            try
            {
                await WithinAsync(Task.WhenAny(happened, wait.Task), "what the clock is advanced for, or a timer to advance to", default);
                if (happened.IsCompleted)
                    break;
                var due = (await wait.Task).Due;
                lock (_driver)
                    AdvanceTo((due - _start).Ticks);
            }
            finally
            {
                Forget(wait);
            }
            await SettleAsync(default);
        }
        await happened;
    }

    internal bool Arm(ClockTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        var isDue = false;
        lock (_gate)
        {
            if (timer.IsDisposed)
                return false;
            _pending.Remove(timer);
            if (dueTime < TimeSpan.Zero)
                return true;
            timer.Armed(dueTime, period > TimeSpan.Zero ? period : null, _elapsed + dueTime.Ticks, ++_armed);
            _pending.Add(timer);
            CheckWaits();
            // As a timer of the system: never within the call that arms it.
            isDue = dueTime == TimeSpan.Zero && _advancing == 0;
        }
        if (isDue)
            ThreadPool.UnsafeQueueUserWorkItem(static clock => clock.Advance(TimeSpan.Zero), this, preferLocal: false);
        return true;
    }

    internal void Disarm(ClockTimer timer)
    {
        lock (_gate)
            _pending.Remove(timer);
    }

    // Under the driver's lock, which a callback that advances enters again.
    private void AdvanceTo(long end)
    {
        lock (_gate)
            _advancing++;
        while (Take(end) is { } timer)
        {
            try
            {
                timer.Fire();
            }
            catch
            {
                lock (_gate)
                    _advancing--;
                throw;
            }
        }
    }

    // The next timer that is due, with the clock at its time; null when there is none up to the end: then the clock is there and the advance is over.
    private ClockTimer? Take(long end)
    {
        lock (_gate)
        {
            if (_pending.Min is not { } next || next.DueTicks > end)
            {
                _elapsed = Math.Max(_elapsed, end);
                _advancing--;
                return null;
            }
            _elapsed = Math.Max(_elapsed, next.DueTicks);
            _pending.Remove(next);
            if (next.Period is { } period)
            {
                next.Armed(period, period, next.DueTicks + period.Ticks, ++_armed);
                _pending.Add(next);
            }
            return next;
        }
    }

    private long? NextDue(long end)
    {
        lock (_gate)
            return _pending.Min is { } next && next.DueTicks <= end ? next.DueTicks : null;
    }

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        Func<CancellationToken, Task>[] settle;
        lock (_gate)
            settle = [.. _settle];
        foreach (var settled in settle)
            await WithinAsync(settled(cancellationToken), "the work that a timer started is done", cancellationToken);
    }

    private TimerWait Watch(Func<PendingTimer, bool> matches, int count)
    {
        var wait = new TimerWait(matches, count);
        lock (_gate)
        {
            _waits.Add(wait);
            CheckWaits();
        }
        return wait;
    }

    private void Forget(TimerWait wait)
    {
        lock (_gate)
            _waits.Remove(wait);
    }

    private void CheckWaits()
    {
        if (_waits.Count == 0)
            return;
        var timers = Snapshot();
        _waits.RemoveAll(wait => wait.Check(timers));
    }

    private PendingTimer[] Snapshot() => [.. _pending.Select(timer => new PendingTimer(_start + new TimeSpan(timer.DueTicks), timer.Delay, timer.Period))];

    private async Task<T> WithinAsync<T>(Task<T> task, string expected, CancellationToken cancellationToken)
    {
        await WithinAsync((Task)task, expected, cancellationToken);
        return await task;
    }

    private async Task WithinAsync(Task task, string expected, CancellationToken cancellationToken)
    {
        try
        {
            await Expect.WithinAsync(task, expected, cancellationToken);
        }
        catch (ExpectationException e) when (e.InnerException is TimeoutException && !task.IsCompleted)
        {
            throw new ExpectationException($"{e.Message} The clock shows {GetUtcNow():HH:mm:ss.fff}; its timers: {string.Join("; ", Timers.DefaultIfEmpty())}.", e);
        }
    }
}

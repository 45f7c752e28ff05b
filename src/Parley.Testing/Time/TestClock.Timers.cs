using Parley.Testing.Time;

namespace Parley.Testing;

// The timers, and the waits for them.
public sealed partial class TestClock
{
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
            // Like a timer of the system, it never fires within the call that arms it.
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

    // Called under the driver's lock, which a callback that advances the clock enters again.
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

    // Takes the next due timer and sets the clock to its time. If none is due up to the end, ends the advance with the clock there: null.
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
            await WithinAsync(settled(cancellationToken), "the work that a timer started is done", cancellationToken).ConfigureAwait(false);
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

    private PendingTimer[] Snapshot() =>
        [.. _pending.Select(timer => new PendingTimer(_start + new TimeSpan(timer.DueTicks), timer.Delay, timer.Period))];

    private async Task<T> WithinAsync<T>(Task<T> task, string expected, CancellationToken cancellationToken)
    {
        await WithinAsync((Task)task, expected, cancellationToken).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    private async Task WithinAsync(Task task, string expected, CancellationToken cancellationToken)
    {
        try
        {
            await Expect.WithinAsync(task, expected, cancellationToken).ConfigureAwait(false);
        }
        catch (ExpectationException e) when (e.InnerException is TimeoutException && !task.IsCompleted)
        {
            var timers = Timers is { Count: > 0 } pending ? string.Join("; ", pending) : "none";
            throw new ExpectationException($"{e.Message} The clock shows {GetUtcNow():HH:mm:ss.fff}. Pending timers: {timers}.", e);
        }
    }
}

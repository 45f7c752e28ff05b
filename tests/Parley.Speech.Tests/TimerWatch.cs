using Microsoft.Extensions.Time.Testing;

namespace Parley.Speech.Tests;

/// <summary>A clock that reports when a timer is armed, so that a test moves time forward only after the wait it tests has begun.</summary>
internal sealed class TimerWatch : FakeTimeProvider
{
    private readonly Lock _lock = new();
    private TimeSpan _due = Timeout.InfiniteTimeSpan;
    private int _left;
    private TaskCompletionSource _armed = new();

    /// <summary>Completes when timers were armed with this due time as often as given, counted from now.</summary>
    public Task Armed(TimeSpan due, int times = 1)
    {
        lock (_lock)
        {
            (_due, _left) = (due, times);
            _armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _armed.Task;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Watched(this, base.CreateTimer(callback, state, dueTime, period));
        Report(dueTime);
        return timer;
    }

    private void Report(TimeSpan dueTime)
    {
        lock (_lock)
        {
            if (dueTime == _due && --_left == 0)
                _armed.TrySetResult();
        }
    }

    private sealed class Watched(TimerWatch owner, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            owner.Report(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}

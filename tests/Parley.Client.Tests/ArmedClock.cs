using Microsoft.Extensions.Time.Testing;

namespace Parley.Client.Tests;

/// <summary>
/// A fake clock that reports which timers are armed, so that a test advances it only after the code under test has begun to wait.
/// </summary>
internal sealed class ArmedClock : FakeTimeProvider
{
    private readonly Lock _watch = new();
    private readonly List<WatchedTimer> _timers = [];
    private readonly List<(TimeSpan DueTime, TaskCompletionSource Armed)> _waiters = [];

    /// <summary>Completes when a timer with this due time is armed, which it may be already.</summary>
    internal Task ArmedAsync(TimeSpan dueTime)
    {
        lock (_watch)
        {
            if (_timers.Exists(timer => timer.Armed == dueTime))
                return Task.CompletedTask;
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((dueTime, waiter));
            return Expect.WithinAsync(waiter.Task, $"a timer of {dueTime} is armed");
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var watched = new WatchedTimer(this, callback);
        lock (_watch)
            _timers.Add(watched);
        watched.Inner = base.CreateTimer(watched.Fire, state, dueTime, period);
        watched.Arm(dueTime);
        return watched;
    }

    private sealed class WatchedTimer(ArmedClock clock, TimerCallback callback) : ITimer
    {
        internal ITimer? Inner { get; set; }

        /// <summary>Due time while the timer is armed.</summary>
        internal TimeSpan? Armed { get; private set; }

        internal void Arm(TimeSpan dueTime)
        {
            lock (clock._watch)
            {
                Armed = dueTime == Timeout.InfiniteTimeSpan ? null : dueTime;
                foreach (var (_, armed) in clock._waiters.Where(waiter => waiter.DueTime == Armed).ToList())
                    armed.TrySetResult();
                clock._waiters.RemoveAll(static waiter => waiter.Armed.Task.IsCompleted);
            }
        }

        internal void Fire(object? state)
        {
            lock (clock._watch)
                Armed = null;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = Inner!.Change(dueTime, period);
            Arm(dueTime);
            return changed;
        }

        public void Dispose()
        {
            lock (clock._watch)
                clock._timers.Remove(this);
            Inner!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

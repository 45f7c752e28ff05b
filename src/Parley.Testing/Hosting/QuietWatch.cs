using System.Diagnostics;

namespace Parley.Testing.Hosting;

/// <summary>
/// Waits until nothing is left to do: several times in a row no work item of the thread pool waits or runs, and nothing has moved on a connection in
/// between. A thread pool that is never idle, because other tests compute on it, is trusted after nothing has moved for a second of real time and a hundred
/// passes through its queue: whatever was queued has begun since.
/// <para>One loop looks for all hosts of the process: what is idle is the pool that they share.</para>
/// </summary>
internal static class QuietWatch
{
    private const int QuietSamples = 3, BusySamples = 100, SamplesWithoutPause = 20, SpinsOfSample = 200;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private static readonly Lock Gate = new();
    private static readonly List<Waiter> Waiters = [];
    private static bool _isLooking;

    /// <summary>Completes when there is nothing to do and nothing has moved.</summary>
    internal static Task WaitAsync(Activity activity, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(activity);
        lock (Gate)
        {
            Waiters.Add(waiter);
            if (!_isLooking)
            {
                _isLooking = true;
                // Without the caller's context: the loop serves others, too.
                using (ExecutionContext.SuppressFlow())
                    _ = Task.Run(LookAsync, CancellationToken.None);
            }
        }
        return cancellationToken.CanBeCanceled ? waiter.Done.WaitAsync(cancellationToken) : waiter.Done;
    }

    private static async Task LookAsync()
    {
        for (var sample = 0; ; sample++)
        {
            // To the end of the global queue: what was queued before has begun.
            await Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default).ConfigureAwait(false);
            if (sample >= SamplesWithoutPause)
                await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
            var isIdle = BecomesIdle();
            lock (Gate)
            {
                if (Waiters.RemoveAll(waiter => waiter.Look(isIdle)) > 0)
                    sample = 0;
                _isLooking = Waiters.Count > 0;
                if (!_isLooking)
                    return;
            }
        }
    }

    // A thread that has just ended its work item is counted for some microseconds more.
    private static bool BecomesIdle()
    {
        if (!Thread.CurrentThread.IsThreadPoolThread)
            return false;
        for (var spin = 0; spin < SpinsOfSample; spin++)
        {
            ThreadPool.GetMaxThreads(out var most, out _);
            ThreadPool.GetAvailableThreads(out var free, out _);
            // This thread is one.
            if (ThreadPool.PendingWorkItemCount == 0 && most - free <= 1)
                return true;
            Thread.SpinWait(20);
        }
        return false;
    }

    private sealed class Waiter(Activity activity)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _last = activity.Total, _since = Stopwatch.GetTimestamp();
        private int _quiet, _samples;

        internal Task Done => _done.Task;

        /// <summary>Takes a sample; true when the wait is over.</summary>
        internal bool Look(bool isIdle)
        {
            var now = activity.Total;
            _samples++;
            if (now != _last)
                (_last, _since, _quiet, _samples) = (now, Stopwatch.GetTimestamp(), 0, 0);
            else if (isIdle)
                _quiet++;
            if (_quiet < QuietSamples && (isIdle || _samples < BusySamples || Stopwatch.GetElapsedTime(_since) <= LongEnough))
                return false;
            _done.TrySetResult();
            return true;
        }
    }
}

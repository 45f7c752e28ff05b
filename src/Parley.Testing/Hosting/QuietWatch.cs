using System.Diagnostics;

namespace Parley.Testing.Hosting;

/// <summary>
/// Waits until nothing is left to do: several times in a row no work item of the thread pool waits or runs, and nothing has moved on a connection in
/// between. A thread pool that is never idle, because other tests compute on it, is trusted after nothing has moved for a second of real time.
/// </summary>
internal sealed class QuietWatch(Activity activity)
{
    private const int QuietSamples = 3, SamplesWithoutPause = 20, SpinsOfSample = 200;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    // Each of them runs on a thread of the pool while it looks.
    private static int _looking;

    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        var last = activity.Total;
        var since = Stopwatch.GetTimestamp();
        for (int sample = 0, quiet = 0; quiet < QuietSamples; sample++)
        {
            // To the end of the global queue: what was queued before has begun.
            await Task.Factory.StartNew(static () => { }, cancellationToken, TaskCreationOptions.PreferFairness, TaskScheduler.Default).ConfigureAwait(false);
            if (sample >= SamplesWithoutPause)
                await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            var isIdle = BecomesIdle();
            var now = activity.Total;
            if (now != last)
                (last, since, quiet) = (now, Stopwatch.GetTimestamp(), 0);
            else if (isIdle)
                quiet++;
            else if (Stopwatch.GetElapsedTime(since) > LongEnough)
                return;
        }
    }

    // A thread that has just ended its work item is counted for some microseconds more.
    private static bool BecomesIdle()
    {
        if (!Thread.CurrentThread.IsThreadPoolThread)
            return false;
        Interlocked.Increment(ref _looking);
        try
        {
            for (var spin = 0; spin < SpinsOfSample; spin++)
            {
                ThreadPool.GetMaxThreads(out var most, out _);
                ThreadPool.GetAvailableThreads(out var free, out _);
                if (ThreadPool.PendingWorkItemCount == 0 && most - free <= Volatile.Read(ref _looking))
                    return true;
                Thread.SpinWait(20);
            }
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _looking);
        }
    }
}

using System.Diagnostics;

namespace Parley.Protocol.Internal;

/// <summary>Timers whose callbacks cannot end the process: on the thread of a timer nobody catches an exception.</summary>
internal static class GuardedTimers
{
    /// <summary>Creates a timer that fires once after <paramref name="due"/>, or is not started.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="state">Passed to the callbacks.</param>
    /// <param name="callback">Called by the timer.</param>
    /// <param name="failed">Called with an exception of <paramref name="callback"/>: logs it, and ends what can no longer work.</param>
    /// <param name="due">When it fires first; null = it is not started.</param>
    internal static ITimer CreateGuardedTimer<T>(this TimeProvider time, T state, Action<T> callback, Action<T, Exception> failed, TimeSpan? due = null)
        where T : class =>
        time.CreateTimer(static guarded => ((Guarded<T>)guarded!).Run(), new Guarded<T>(state, callback, failed), due ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Runs a callback; no exception leaves it.</summary>
    internal static void Guard<T>(T state, Action<T> callback, Action<T, Exception> failed)
    {
        try
        {
            callback(state);
        }
#pragma warning disable CA1031 // The edge of a thread: an exception that leaves it ends the process.
        catch (Exception e)
        {
            try
            {
                failed(state, e);
            }
            catch (Exception second)
            {
                Trace.TraceError($"{e}{Environment.NewLine}{second}");
            }
        }
#pragma warning restore CA1031
    }

    private sealed class Guarded<T>(T state, Action<T> callback, Action<T, Exception> failed)
    {
        internal void Run() => Guard(state, callback, failed);
    }
}

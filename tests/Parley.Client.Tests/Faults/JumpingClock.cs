using Microsoft.Extensions.Time.Testing;

namespace Parley.Client.Tests.Faults;

/// <summary>A clock that skips the waits a test selects: they are over as soon as they begin.</summary>
internal sealed class JumpingClock : FakeTimeProvider
{
    /// <summary>Whether a wait of this length is skipped.</summary>
    internal Func<TimeSpan, bool> Jumps { get; set; } = static _ => false;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && Jumps(dueTime))
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}

using Parley.Protocol.Internal;

namespace Parley.Protocol.Tests;

public sealed class GuardedTimersTests
{
    [Fact]
    public void Exception_of_a_timer_goes_to_its_handler_and_the_timer_goes_on()
    {
        var time = new TestClock();
        var failures = new List<string>();
        using var timer = time.CreateGuardedTimer(failures, static _ => throw new InvalidOperationException("tick"), static (list, e) => list.Add(e.Message));
        timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["tick", "tick"], failures);
    }

    [Fact]
    public void Exception_of_the_handler_does_not_leave_the_timer() =>
        GuardedTimers.Guard("state", static _ => throw new InvalidOperationException("first"), static (_, _) => throw new InvalidOperationException("second"));
}

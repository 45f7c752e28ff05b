using Parley.Cli.Load;

namespace Parley.Cli.Tests.Load;

public sealed class PacingWheelTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly TestClock _time = new();
    private readonly LatencyHistogram _lateness = new();
    private readonly List<Exception> _failures = [];

    [Fact]
    public void Each_member_is_called_once_in_an_interval()
    {
        using var wheel = Create();
        var members = Enumerable.Range(0, 25).Select(_ => new Member(_time)).ToList();
        members.ForEach(wheel.Add);

        _time.Advance(Interval * 50);

        Assert.All(members, static member => Assert.Equal(50, member.Calls.Count));
        Assert.All(members, static member => Assert.All(member.Calls.Zip(member.Calls.Skip(1)), static pair => Assert.Equal(Interval, pair.Second - pair.First)));
        Assert.Equal(TimeSpan.Zero, _lateness.Max);
    }

    [Fact]
    public void Members_are_spread_evenly_over_the_slots()
    {
        using var wheel = Create();
        var members = Enumerable.Range(0, 40).Select(_ => new Member(_time)).ToList();
        members.ForEach(wheel.Add);

        _time.Advance(Interval);

        Assert.All(members.GroupBy(static member => member.Calls[0]), static slot => Assert.Equal(4, slot.Count()));
    }

    [Fact]
    public void Removed_member_is_not_called()
    {
        using var wheel = Create();
        var member = new Member(_time);
        wheel.Add(member);
        _time.Advance(Interval * 3);

        wheel.Remove(member);
        _time.Advance(Interval * 3);

        Assert.Equal(3, member.Calls.Count);
    }

    [Fact]
    public void Late_wheel_makes_up_for_missed_intervals_and_reports_its_lateness()
    {
        using var wheel = Create();
        // The first call takes 90 ms of the only thread.
        var member = new Member(_time) { First = time => time.Advance(TimeSpan.FromMilliseconds(90)) };
        wheel.Add(new Member(_time));
        wheel.Add(member);

        _time.Advance(Interval * 10);

        Assert.InRange(member.Calls.Count, 10, 15);
        Assert.InRange(_lateness.Max, TimeSpan.FromMilliseconds(88), TimeSpan.FromMilliseconds(90));
    }

    [Fact]
    public void Exception_of_a_member_is_reported()
    {
        using var wheel = Create();
        wheel.Add(new Member(_time) { First = static _ => throw new InvalidOperationException("broken") });

        _time.Advance(Interval);

        Assert.Equal("broken", Assert.Single(_failures).Message);
    }

    [Fact]
    public void Disposed_wheel_has_no_timer()
    {
        Create().Dispose();

        Assert.Empty(_time.Timers);
    }

    private PacingWheel Create() => new(_time, Interval, slots: 10, _lateness, _failures.Add);

    private sealed class Member(TestClock time) : IPaced
    {
        internal List<TimeSpan> Calls { get; } = [];

        internal Action<TestClock>? First { get; init; }

        public void Tick()
        {
            Calls.Add(time.Elapsed);
            if (Calls.Count == 1)
                First?.Invoke(time);
        }
    }
}

namespace Parley.TestKit.Tests;

public sealed class TestClockTests
{
    private readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;
    private readonly TestClock _clock = new();

    [Fact]
    public void Clock_only_moves_when_the_test_advances_it()
    {
        var start = _clock.GetUtcNow();
        var stamp = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromMinutes(60));

        Assert.Equal(start.AddHours(1), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(1), _clock.GetElapsedTime(stamp));
        Assert.Equal(TimeSpan.FromHours(1), _clock.Elapsed);
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void Timers_fire_in_order_and_see_the_time_they_are_due_at()
    {
        List<(string Name, double Second)> fired = [];
        using var late = Timer(30, () => Note("late"));
        using var early = Timer(10, () => Note("early"));
        using var alsoEarly = Timer(10, () => Note("also early"));
        using var never = Timer(61, () => Note("never"));

        _clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal([("early", 10), ("also early", 10), ("late", 30)], fired);
        Assert.Equal(TimeSpan.FromSeconds(61), Assert.Single(_clock.Timers).Delay);

        void Note(string name) => fired.Add((name, _clock.Elapsed.TotalSeconds));
    }

    [Fact]
    public void Timer_armed_again_by_its_callback_fires_as_often_as_in_real_time()
    {
        var fired = 0;
        ITimer timer = null!;
        timer = Timer(60, () =>
        {
            fired++;
            timer.Change(TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan);
        });

        _clock.Advance(TimeSpan.FromMinutes(60));

        Assert.Equal(60, fired);
        timer.Dispose();
    }

    [Fact]
    public void Periodic_timer_fires_in_every_period_until_it_is_disposed()
    {
        var fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(7));
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(4, fired);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        Assert.Empty(_clock.Timers);
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_runtime_run_on_it()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3), _clock);
        var delay = Task.Delay(TimeSpan.FromSeconds(2), _clock, _cancellationToken);
        var wait = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromSeconds(4), _clock, _cancellationToken);

        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.True(delay.IsCompletedSuccessfully);
        Assert.True(timeout.IsCancellationRequested);
        Assert.False(wait.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => wait);
    }

    [Fact]
    public async Task Timer_without_a_delay_fires_by_itself_and_not_within_the_call()
    {
        var fired = new TaskCompletionSource();
        var here = new Lock();
        using (here.EnterScope())
        {
            using var timer = Timer(0, () =>
            {
                lock (here)
                    fired.SetResult();
            });
            Assert.False(fired.Task.IsCompleted);
        }
        using var again = Timer(0, () => fired.TrySetResult());

        await Expect.WithinAsync(fired.Task, "the timer fires", _cancellationToken);
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);
    }

    [Fact]
    public void Timer_runs_in_the_context_that_created_it()
    {
        var value = new AsyncLocal<string> { Value = "created" };
        string? seen = null;
        using var timer = Timer(1, () => seen = value.Value);
        value.Value = "advancing";

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("created", seen);
    }

    [Fact]
    public async Task Test_waits_for_a_timer_that_is_armed_later()
    {
        var both = _clock.TimerAsync(TimeSpan.FromSeconds(5), count: 2, _cancellationToken);
        using var other = Timer(4, () => { });
        using var first = Timer(5, () => { });
        Assert.False(both.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var second = Timer(5, () => { });

        var last = await both;

        Assert.Equal(_clock.GetUtcNow().AddSeconds(5), last.Due);
        Assert.Equal(TimeSpan.FromSeconds(5), last.Delay);
        Assert.Null(last.Period);
    }

    [Fact]
    public async Task Predicate_that_throws_fails_its_wait_and_not_the_code_that_arms()
    {
        var wait = _clock.TimerAsync(_ => throw new FormatException(), "a timer", cancellationToken: _cancellationToken);
        using var timer = Timer(1, () => { });

        await Assert.ThrowsAsync<FormatException>(() => wait);
    }

    [Fact]
    public async Task Advancing_until_something_happened_goes_to_named_timers_only()
    {
        var attempts = 0;
        using var beside = _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using var far = Timer(3_600, () => Assert.Fail("Nobody asked for an hour."));

        await _clock.AdvanceUntilAsync(RetryAsync(), TimeSpan.FromSeconds(2));

        Assert.Equal(3, attempts);
        Assert.Equal(TimeSpan.FromSeconds(4), _clock.Elapsed);

        async Task RetryAsync()
        {
            while (++attempts < 3)
            {
                // The timer is armed some time after the test waits for it.
                await Task.Yield();
                await Task.Delay(TimeSpan.FromSeconds(2), _clock, _cancellationToken);
            }
        }
    }

    [Fact]
    public Task Advancing_until_something_failed_throws_its_failure() =>
        Assert.ThrowsAsync<FormatException>(() => _clock.AdvanceUntilAsync(Task.FromException(new FormatException()), TimeSpan.FromSeconds(1)));

    [Fact]
    public async Task Work_between_two_timers_is_done_before_the_clock_goes_on()
    {
        List<(int Tick, double Second)> done = [];
        var work = new SemaphoreSlim(0);
        var settled = new SemaphoreSlim(0);
        using var timer = _clock.CreateTimer(_ => work.Release(), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        var working = Task.Run(
            async () =>
            {
                for (var tick = 1; tick <= 60; tick++)
                {
                    await work.WaitAsync(_cancellationToken);
                    done.Add((tick, _clock.Elapsed.TotalMinutes));
                    settled.Release();
                }
            },
            _cancellationToken);
        _clock.Settle(stop => settled.WaitAsync(stop));

        await _clock.AdvanceAsync(TimeSpan.FromMinutes(60), _cancellationToken);

        await working;
        Assert.Equal(Enumerable.Range(1, 60).Select(static minute => (minute, (double)minute)), done);
    }

    [Fact]
    public void Failure_of_a_callback_is_thrown_and_the_clock_goes_on_afterwards()
    {
        using var bad = Timer(1, () => throw new FormatException());
        var fired = false;
        using var good = Timer(2, () => fired = true);

        Assert.Throws<FormatException>(() => _clock.Advance(TimeSpan.FromSeconds(5)));
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.Elapsed);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(fired);
    }

    [Fact]
    public void Times_that_no_timer_takes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Timer(-2, () => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Timer(TimeSpan.FromDays(50).TotalSeconds, () => { }));
        using var idle = _clock.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Assert.Empty(_clock.Timers);
    }

    private ITimer Timer(double seconds, Action callback) =>
        _clock.CreateTimer(_ => callback(), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
}

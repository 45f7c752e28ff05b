using Microsoft.Extensions.Time.Testing;
using Parley.Server.Endpoints;

namespace Parley.Server.Tests.Endpoints;

/// <summary>The gauge of the memory limit: garbage does not count, and collecting it costs little.</summary>
public sealed class MemoryGaugeTests
{
    private readonly FakeTimeProvider _time = new();
    private long _live = 100, _garbage;
    private int _collections;
    private TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Garbage_above_the_limit_is_collected_before_the_server_counts_as_full()
    {
        var gauge = Gauge();
        _garbage = 5_000;

        Assert.Equal(100, gauge.Measure(limit: 1_000));
        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Garbage_below_the_limit_is_left_alone()
    {
        var gauge = Gauge();
        _garbage = 500;

        Assert.Equal(600, gauge.Measure(limit: 1_000));
        Assert.Equal(0, _collections);
    }

    [Fact]
    public void Full_server_recovers_by_itself_when_its_clients_have_gone()
    {
        var gauge = Gauge();
        _live = 5_000;
        Assert.Equal(5_000, gauge.Measure(limit: 1_000));

        // Nothing is allocated, so the runtime would never collect.
        (_live, _garbage) = (100, 4_900);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(100, gauge.Measure(limit: 1_000));
    }

    [Fact]
    public void Full_server_collects_every_ten_seconds_at_most()
    {
        var gauge = Gauge();
        _live = 5_000;
        for (var i = 0; i < 99; i++)
        {
            gauge.Measure(limit: 1_000);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_collections, 9, 10);
    }

    [Fact]
    public void Collection_that_takes_long_is_repeated_later()
    {
        var gauge = Gauge();
        (_live, _pause) = (5_000, TimeSpan.FromSeconds(1));
        gauge.Measure(limit: 1_000);

        _time.Advance(TimeSpan.FromSeconds(99));
        gauge.Measure(limit: 1_000);
        Assert.Equal(1, _collections);
        _time.Advance(TimeSpan.FromSeconds(1));
        gauge.Measure(limit: 1_000);

        Assert.Equal(2, _collections);
    }

    [Fact]
    public void Gauge_of_this_process_measures_its_working_set()
    {
        var gauge = new ProcessMemoryGauge(TimeProvider.System);

        Assert.InRange(gauge.Measure(limit: long.MaxValue), 1 << 20, gauge.AvailableBytes);
    }

    private ProcessMemoryGauge Gauge() => new(_time, () => _live + _garbage, () =>
    {
        _collections++;
        _garbage = 0;
        _time.Advance(_pause);
    });
}

using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Sessions;
using Parley.Server.Sockets;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Sockets;

/// <summary>Rate limits delay clients; they refuse nothing and lose nothing.</summary>
public sealed class RateLimiterTests
{
    /// <summary>Longest delay of the next read of a throttled client.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 26, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Rate_limiter_grants_its_rate_in_the_order_of_calls() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 120], Gen.Int[0, 700]).Array[1, 40].Sample(steps =>
        {
            const int PerSecond = 100;
            var time = new TestClock();
            var pace = new RateLimiter(time, PerSecond);
            var started = time.GetTimestamp();
            var taken = new List<(int Units, Task Paid)>();
            foreach (var (units, more, milliseconds) in steps)
            {
                taken.Add((units, pace.AcquireAsync(units, CancellationToken.None).AsTask()));
                taken.Add((more, pace.AcquireAsync(more, CancellationToken.None).AsTask()));
                Check();
                time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                Check();
            }
            time.Advance(TimeSpan.FromSeconds((double)taken.Sum(static one => one.Units) / PerSecond));
            Assert.All(taken, static one => Assert.True(one.Paid.IsCompletedSuccessfully));

            void Check()
            {
                // Timers count whole milliseconds.
                Assert.InRange(taken.Where(static one => one.Paid.IsCompleted).Sum(static one => one.Units), 0, (PerSecond * (time.GetElapsedTime(started).TotalSeconds + 1.001)) + 0.001);
                Assert.Equal(taken.Count(static one => one.Paid.IsCompleted), taken.TakeWhile(static one => one.Paid.IsCompleted).Count());
            }
        });

    [Fact]
    public void Rate_of_zero_never_delays()
    {
        var pace = new RateLimiter(_time, 0);
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(pace.AcquireAsync(int.MaxValue, CancellationToken.None).AsTask().IsCompletedSuccessfully));
    }

    [Fact]
    public void Delay_is_capped_and_the_excess_is_not_charged()
    {
        var pace = new RateLimiter(_time, 100, TimeSpan.FromMilliseconds(250));
        var large = pace.AcquireAsync(10_000, CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(large.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(large.IsCompleted);

        var next = pace.AcquireAsync(2, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(next.IsCompleted);
    }

    [Fact]
    public async Task Fast_client_is_throttled_without_loss()
    {
        const int Messages = 12;
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Connections.MaxInputBytesPerSecond = 100_000, _time);
        await using var client = await host.OpenAsync();
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
                await client.SayAsync(i + new string('x', 40_000));
        });

        await host.Logs.FirstAsync(static entry => entry.Message.Contains("Client throttled", StringComparison.Ordinal), "the warning");
        var session = await model.FirstSessionAsync();
        // Two messages are in the burst of the first second.
        Assert.Equal(3, session.Heard.Snapshot.Count);

        var last = client.ReceiveUntilAsync(static frame => frame.SaidText()?.StartsWith("11x", StringComparison.Ordinal) is true, "the last echo");
        await _time.AdvanceUntilAsync(last, static timer => timer.Delay <= LongestPause);
        await sending;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Messages, session.Heard.Snapshot.Count);
        Assert.Single(host.Logs.Entries, static entry => entry.Message.Contains("Client throttled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Client_that_does_not_read_is_throttled_to_speech_rate()
    {
        const int Messages = 6;
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Connections.MaxInputBytesPerSecond = 1_000_000, _time);
        await using var client = await StalledClient.OpenAsync(host, model);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
                await client.SayAsync(i + new string('x', 40_000));
        });

        await host.Logs.FirstAsync(static entry => entry.Message.Contains("Client throttled", StringComparison.Ordinal), "the warning");
        // Each counts for 640,000 bytes.
        Assert.Equal(2, client.Session.Heard.Snapshot.Count);

        var last = client.Session.Heard.FirstAsync(
            static heard => heard is LiveSessionRequest { RealtimeInput.Text: { } text } && text.StartsWith("5x", StringComparison.Ordinal), "the last one");
        await _time.AdvanceUntilAsync(last, static timer => timer.Delay <= LongestPause);
        await sending;
        Assert.Equal(Messages, client.Session.Heard.Snapshot.Count);
        await client.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Client_that_neither_reads_its_close_nor_stops_is_gone_when_its_send_times_out()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Connections.MaxDiscardedBytesPerSecond = 1_000, _time);
        await using var attacker = await StalledClient.OpenAsync(host, model);
        // Refused for its length: the close waits for the blocked send, and what was read of it is worth more than ten seconds.
        await attacker.SendAsync(RawClient.Frame(RawClient.Text, new byte[60_000], announced: 100 << 20));
        await _time.TimerAsync(static timer => timer.Delay > TimeSpan.FromSeconds(10) && timer.Delay < TimeSpan.FromSeconds(70), "the wait for the share of the discard rate");

        _time.Advance(LiveTestHost.Defaults.Connections.SendTimeout);

        await Expect.WithinAsync(host.Services.GetRequiredService<ConnectionServices>().Registry.WhenEmptyAsync(), "the connection is gone");
    }

    [Fact]
    public async Task Client_that_sends_after_a_close_is_throttled_and_disconnected()
    {
        await using var host = await LiveTestHost.StartAsync(
            new EchoModel(), static options => (options.Connections.MaxDiscardedBytesPerSecond, options.Connections.CloseTimeout) = (1_000, TimeSpan.FromSeconds(5)), _time);
        await using var attacker = await RawClient.OpenAsync(host);
        await attacker.SendAsync(RawClient.Frame(RawClient.Text, "x"u8, announced: 100 << 20));
        var flood = attacker.FloodAsync(new byte[64 << 10]);

        Assert.Equal(1009, await attacker.ReadCloseAsync());
        var started = _time.GetTimestamp();
        await _time.AdvanceUntilAsync(Task.WhenAll(flood, attacker.ReadToEndAsync()), TimeSpan.FromSeconds(5));

        // At this rate, what was read before the delay is worth a minute.
        Assert.Equal(5, _time.GetElapsedTime(started).TotalSeconds);
        var registry = host.Services.GetRequiredService<ConnectionServices>().Registry;
        await Expect.WithinAsync(registry.WhenEmptyAsync(), "the connection is gone");
    }
}

using System.Collections.Concurrent;
using Parley.Client.Ending;
using Parley.Client.Resumption;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Resumption;

public class StormTests
{
    private const int Seed = 4711;

    /// <summary>The pause before an attempt after a goAway, from 1; timers take whole milliseconds.</summary>
    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(Math.Floor(ReconnectPolicy.Next(
        new ReconnectCase(attempt, new CloseCause(EndCause.LifetimeOver, RetryAdvice.Resume), attempt, HasHandle: true),
        new ResumptionOptions(), Seed).Delay.TotalMilliseconds));

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 50)]
    [InlineData(true, 50)]
    public async Task A_server_that_sends_goAway_on_every_connection_is_asked_less_and_less(bool overlaps, int timeLeft)
    {
        var clock = new TestClock();
        var opened = new ConcurrentQueue<TimeSpan>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            opened.Enqueue(clock.Elapsed);
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Handle($"h{peer.Number}"));
            await peer.SendAsync(Wire.GoAway(timeLeft));
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(configure: options =>
        {
            options.TimeProvider = clock;
            options.Resumption.OverlapConnections = overlaps;
            options.Resumption.JitterSeed = Seed;
        });
        var reading = session.ReadToEndAsync();

        for (var attempt = 2; clock.Elapsed < TimeSpan.FromMinutes(1) && attempt <= 10; attempt++)
        {
            await clock.TimerAsync(Pause(attempt));
            clock.Advance(Pause(attempt));
        }

        var times = opened.ToArray();
        var pauses = times.Zip(times.Skip(1), static (before, after) => after - before).Skip(1).ToList();
        Assert.InRange(times.Count(static time => time < TimeSpan.FromMinutes(1)), 5, 10);
        Assert.Equal(pauses.Order(), pauses);
        server.Abandon();
        await session.CloseAsync();
        await Expect.WithinAsync(reading, "the session ends");
    }

    [Fact]
    public async Task A_connection_with_a_turn_and_its_handle_starts_a_new_count()
    {
        const int Connections = 8;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Handle($"h{peer.Number}"));
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Text("Yes."));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.SendAsync(Wire.Handle($"h{peer.Number}-2"));
            if (peer.Number == Connections)
                await peer.CloseAsync(1000);
            else
                peer.Cut();
        });
        await using var session = await server.ConnectAsync(configure: static options => options.Resumption.MaxAttempts = 2);

        for (var i = 1; i < Connections; i++)
        {
            await session.SendTextAsync("And now?");
            Assert.Equal(1, (await session.NextAsync<ReconnectedUpdate>()).Attempts);
        }
        await session.SendTextAsync("And now?");

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task A_question_that_ends_each_connection_is_given_up()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Handle($"h{peer.Number}"));
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Text("Yes."));
            await peer.SendAsync(Wire.TurnComplete);
            peer.Cut();
        });
        await using var session = await server.ConnectAsync(configure: static options =>
        {
            options.Resumption.Transparent = true;
            options.Resumption.MaxAttempts = 3;
            options.Resumption.FirstDelay = options.Resumption.MaxDelay = TimeSpan.Zero;
        });
        await session.SendTextAsync("A question that the server does not survive");

        Assert.Equal(EndCause.Network, (await session.EndAsync()).Cause);
        server.Abandon();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_lasted_starts_a_new_count(bool overlaps)
    {
        var clock = new TestClock();
        var old = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Handle($"h{peer.Number}"));
            if (peer.Number == 4)
                await Expect.WithinAsync(old.Task, "the connection is old");
            if (peer.Number < 5)
                await peer.SendAsync(Wire.GoAway(50));
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(configure: options =>
        {
            options.TimeProvider = clock;
            options.Resumption.OverlapConnections = overlaps;
            options.Resumption.JitterSeed = Seed;
        });

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            if (attempt > 1)
            {
                await clock.TimerAsync(Pause(attempt));
                clock.Advance(Pause(attempt));
            }
            await session.NextAsync<ReconnectedUpdate>();
        }
        clock.Advance(TimeSpan.FromSeconds(31));
        old.SetResult();

        // No pause: nobody advances the clock.
        await session.NextAsync<ReconnectedUpdate>();
    }
}

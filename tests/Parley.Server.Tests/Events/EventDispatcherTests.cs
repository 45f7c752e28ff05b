using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;
using Parley.Server.Tests.Telemetry;

namespace Parley.Server.Tests.Events;

/// <summary>What slow and failing observers may do: nothing to a session.</summary>
public sealed class EventDispatcherTests
{
    private readonly EchoModel _model = new() { CompletesTurns = true };

    [Fact]
    public async Task Slow_observer_delays_neither_sessions_nor_other_observers_and_what_is_dropped_is_counted()
    {
        var (slow, quick) = (new BlockedObserver(), new EventRecorder());
        await using var host = await StartAsync(
            static live => (live.Events.QueueLength, live.Events.Concurrency, live.Events.DrainTime) = (16, 1, TimeSpan.Zero), slow, quick);
        using var meter = new MeterReader(host);
        await using var client = await host.OpenAsync();

        for (var i = 0; i < 20; i++)
            await client.EchoAsync("hello");
        await quick.FirstAsync<LiveTurnEnded>(static turn => turn.Turn == 20);

        // 1 + 20 x 4 events: one is being handled, 16 wait.
        Assert.Equal(81, quick.Events.Snapshot.Count);
        Assert.Equal(81 - 17, meter.Sum("parley.events.dropped", ("parley.cause", "full")));
        await host.Logs.FirstAsync(static entry => entry.Message.StartsWith("Events dropped", StringComparison.Ordinal), "it is logged");
        slow.Release();
    }

    [Fact]
    public async Task Failing_observer_is_logged_and_counted_and_gets_the_next_event()
    {
        var (failing, quick) = (new FailingObserver(), new EventRecorder());
        await using var host = await StartAsync(null, failing, quick);
        using var meter = new MeterReader(host);
        host.Logs.AllowErrors(static entry => entry.Message.StartsWith("Observer FailingObserver failed", StringComparison.Ordinal));
        await using var client = await host.OpenAsync();
        await client.EchoAsync("hello");
        await quick.FirstAsync<LiveTurnEnded>();

        await failing.Seen.FirstAsync(static type => type == "turn.ended", "the last event");

        Assert.Equal(["session.started", "transcript.final", "turn.started", "transcript.final", "turn.ended"], failing.Seen.Snapshot);
    }

    [Fact]
    public async Task Server_that_stops_delivers_the_events_of_the_sessions_that_it_ends()
    {
        var recorder = new EventRecorder();
        await using var host = await StartAsync(static live => live.Connections.DrainTime = TimeSpan.Zero, recorder);
        await using var client = await host.OpenAsync();
        var closed = client.ExpectCloseAsync(skipMessages: true);

        await host.StopAsync();

        await closed;
        Assert.Contains("session.ended", recorder.Types);
    }

    private Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure, params ILiveSessionEvents[] observers) => LiveTestHost.StartAsync(_model, configure, services: services =>
    {
        foreach (var observer in observers)
            services.AddSingleton(observer);
    });

    private sealed class BlockedObserver : ILiveSessionEvents
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _released.TrySetResult();

        public async ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken) => await _released.Task.WaitAsync(cancellationToken);
    }

    private sealed class FailingObserver : ILiveSessionEvents
    {
        public EventLog<string> Seen { get; } = new();

        public ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken)
        {
            Seen.Add(sessionEvent.Type);
            throw new InvalidOperationException("no database");
        }
    }
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Parley.Phone.Telemetry;
using Parley.Phone.Tests.Support;
using Parley.Server;

namespace Parley.Phone.Tests.Calls;

/// <summary>A call outlives the connections of its session, and ends with its server.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task Call_outlives_the_connections_of_its_session()
    {
        await using var host = await PhoneHost.StartAsync(services: static services => services.PostConfigure<LiveApiOptions>(static options =>
            (options.Sessions.ConnectionLifetime, options.Sessions.GoAwayLead) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5))));
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        await host.RunAsync(52_000);

        var sessions = host.Model.Sessions.Snapshot;
        Assert.InRange(sessions.Count, 3, 5);
        Assert.Single(sessions.Select(static session => session.Start.SessionId).Distinct());
        var said = caller.SayAsync(Sound.Speech("still there", TimeSpan.FromMilliseconds(600)));
        await host.RunAsync(1_000);
        Assert.True(await said);
        sessions[^1].Say(Sound.Speech("yes", TimeSpan.FromMilliseconds(600)));
        sessions[^1].CompleteTurn();
        await host.RunAsync(1_500);

        Assert.Contains(sessions[^1].Heard, static sample => Math.Abs((int)sample) > 1_000);
        Assert.Contains(caller.Heard.Samples.ToArray(), static sample => Math.Abs((int)sample) > 1_000);
        Assert.Empty(caller.Problems);
        Assert.True((await caller.HangUpAsync()).ByCaller);
    }

    [Fact]
    public async Task Server_that_drains_lets_its_callers_speak_until_the_drain_time_is_over()
    {
        await using var host = await PhoneHost.StartAsync(services: static services => services.PostConfigure<LiveApiOptions>(static options =>
            options.Connections.DrainTime = TimeSpan.FromSeconds(30)));
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        var model = await host.SessionAsync();
        await host.RunAsync(1_000);

        var stopping = host.Host.StopAsync();
        await host.RunAsync(20_000);
        Assert.False(caller.Completion.IsCompleted);
        model.Say(Sound.Speech("one moment", TimeSpan.FromMilliseconds(600)));
        model.CompleteTurn();
        await host.RunAsync(1_500);
        Assert.Contains(caller.Heard.Samples.ToArray(), static sample => Math.Abs((int)sample) > 1_000);

        await host.RunAsync(9_500);
        Assert.True(caller.Completion.IsCompleted, string.Join('\n', host.Host.Logs.Entries.TakeLast(12)));
        Assert.False((await caller.Completion).ByCaller);
        await stopping;
    }

    [Fact]
    public async Task Metrics_count_calls_keys_interruptions_and_frames()
    {
        await using var host = await PhoneHost.StartAsync();
        using var metrics = new Metrics(host);
        await using var caller = await host.CallAsync(CallerDialect.Plivo, static options => (options.LossPercent, options.Seed) = (10, 3));
        var model = await host.SessionAsync();
        await host.RunAsync(200);
        Assert.Equal(1, metrics.Sum(PhoneMetrics.Active));

        var said = caller.SayAsync(Sound.Speech("hello", TimeSpan.FromMilliseconds(600)));
        await host.RunAsync(1_000);
        Assert.True(await said);
        model.Say(Sound.Speech("good morning", TimeSpan.FromSeconds(5)));
        await host.RunAsync(1_000);
        model.Interrupt();
        var pressed = caller.PressAsync("42#");
        await host.RunAsync(2_000);
        Assert.True(await pressed);
        var hangUp = caller.HangUpAsync();
        await host.RunAsync(500);
        await hangUp;

        Assert.Equal(0, metrics.Sum(PhoneMetrics.Active));
        Assert.Equal(1, metrics.Sum(PhoneMetrics.Calls, ("parley.phone.carrier", "plivo"), ("parley.direction", "inbound"), ("parley.cause", "caller")));
        Assert.InRange(metrics.Sum(PhoneMetrics.Duration, ("parley.phone.carrier", "plivo")), 4.2, 4.8);
        Assert.Equal(3, metrics.Sum(PhoneMetrics.Digits));
        Assert.Equal(1, metrics.Sum(PhoneMetrics.Interruptions));
        Assert.InRange(metrics.Sum(PhoneMetrics.Latency), 0.3, 0.7);
        var received = metrics.Sum(PhoneMetrics.Frames, ("parley.outcome", "received"));
        var lost = metrics.Sum(PhoneMetrics.Frames, ("parley.outcome", "lost"));
        Assert.InRange(received, 180, 260);
        Assert.InRange(lost, received * 0.05, received * 0.2);
        Assert.Equal(0, metrics.Sum(PhoneMetrics.Refusals));
    }

    /// <summary>Sums the measurements of one host.</summary>
    private sealed class Metrics : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly EventLog<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _seen = new();

        public Metrics(PhoneHost host)
        {
            var factory = host.Host.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == PhoneTelemetry.Name && instrument.Meter.Scope == factory)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _seen.Add((instrument.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _seen.Add((instrument.Name, value, tags.ToArray())));
            _listener.Start();
        }

        public double Sum(string name, params (string Name, object Value)[] tags) => _seen.Snapshot
            .Where(measured => measured.Name == name && Array.TrueForAll(tags, tag => measured.Tags.Contains(new KeyValuePair<string, object?>(tag.Name, tag.Value))))
            .Sum(static measured => measured.Value);

        public void Dispose() => _listener.Dispose();
    }
}

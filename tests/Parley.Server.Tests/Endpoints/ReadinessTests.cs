using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Server.Endpoints;
using Parley.Server.Sessions;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Endpoints;

/// <summary><c>/readyz</c> and graceful shutdown.</summary>
public sealed class ReadinessTests
{
    private readonly EchoModel _model = new();
    private readonly TestClock _time = new();

    [Fact]
    public async Task Server_is_ready_when_its_components_are()
    {
        var voice = new Voice();
        await using var host = await LiveTestHost.StartAsync(_model, services: services => services.AddSingleton<ILiveHealthPart>(voice));

        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(host));
        voice.IsReady = false;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready"), await ReadyAsync(host));
    }

    [Fact]
    public async Task Shutdown_is_reported_at_once_refuses_new_sessions_and_sends_handles()
    {
        // Different from the times of other timers, so that the clock advances only to the end of the drain time.
        await using var host = await LiveTestHost.StartAsync(_model, static options => options.Connections.CloseTimeout = TimeSpan.FromSeconds(7), _time);
        await using var client = await host.OpenAsync(LiveTestHost.ResumableSetup);
        var output = (await _model.FirstSessionAsync()).Output;
        output.Checkpoint("state");
        var handle = (await client.ReceiveAsync()).NewHandle();
        await using var early = await host.ConnectAsync();
        await host.Logs.FirstAsync(entry => host.Logs.Entries.Count(static e => e.Message.Contains("waiting for the setup", StringComparison.Ordinal)) == 2, "both are connected");

        var stopping = host.StopAsync();

        Assert.Equal(handle, (await client.ReceiveAsync()).NewHandle());
        Assert.Equal("""{"goAway":{"timeLeft":"5s"}}""", (await client.ReceiveAsync()).Json.GetRawText());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), await ReadyAsync(host));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync($"{LiveTestHost.Path}?key={LiveTestHost.Key}"));
        await early.SendJsonAsync(LiveTestHost.Setup);
        Assert.Equal(1001, (await early.ExpectCloseAsync()).Code);
        await client.EchoAsync("still heard");
        output.Checkpoint("a newer state");
        Assert.NotEqual(handle, (await client.ReceiveAsync()).NewHandle());
        Assert.False(stopping.IsCompleted);

        var closed = client.ExpectCloseAsync();
        await _time.AdvanceUntilAsync(closed, LiveTestHost.Defaults.Connections.DrainTime);

        Assert.Equal(1001, (await closed).Code);
        await Expect.WithinAsync(stopping, "the host stops");
    }

    [Fact]
    public async Task Shutdown_does_not_wait_for_clients_that_left()
    {
        await using var host = await LiveTestHost.StartAsync(_model, static options => options.Connections.DrainTime = TimeSpan.FromMinutes(10), _time);
        await using var client = await host.OpenAsync();

        var stopping = host.StopAsync();
        await client.ReceiveUntilAsync(static frame => frame.Has("goAway"), "goAway");
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        await Expect.WithinAsync(stopping, "the host stops without a step of the clock");
    }

    [Fact]
    public async Task Connection_and_memory_limits_refuse_new_connections()
    {
        var gauge = new Gauge();
        await using var host = await LiveTestHost.StartAsync(
            _model,
            static options => (options.Connections.MaxConnections, options.Connections.MaxMemoryBytes) = (1, 1_000),
            services: services => services.Replace(ServiceDescriptor.Singleton<IMemoryGauge>(gauge)));
        var path = $"{LiveTestHost.Path}?key={LiveTestHost.Key}";
        await using (var first = await host.OpenAsync())
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync(path));
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready"), await ReadyAsync(host));
            await first.EchoAsync("is not disturbed");
            await first.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        }
        await Expect.WithinAsync(host.Services.GetRequiredService<SessionRegistry>().WhenEmptyAsync(), "the connection is over");
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(host));

        gauge.UsedBytes = 1_001;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.ExpectRefusedAsync(path));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready"), await ReadyAsync(host));
    }

    private static async Task<(HttpStatusCode Code, string Status)> ReadyAsync(InMemoryHost host)
    {
        using var http = host.CreateClient();
        using var response = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.NotEmpty(body.GetProperty("parts").EnumerateObject());
        return (response.StatusCode, body.GetProperty("status").GetString()!);
    }

    private sealed class Voice : ILiveHealthPart
    {
        public string Name => "voice";

        public string State => "for the test";

        public bool IsReady { get; set; } = true;
    }

    private sealed class Gauge : IMemoryGauge
    {
        public long UsedBytes { get; set; }

        public long AvailableBytes => 1_000;

        public long Measure(long limit) => UsedBytes;
    }
}

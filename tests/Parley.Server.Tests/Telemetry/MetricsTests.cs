using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Telemetry;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public async Task Messages_and_bytes_are_counted_by_direction_and_kind()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        using var meter = new MeterReader(gateway);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        const string sound = """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""";

        await client.SendJsonAsync(sound);
        await client.SayAsync("hello");
        await connection.TextAsync(static text => text.Contains("hello", StringComparison.Ordinal), "the text");
        await connection.SendAsync("""{"serverContent":{"turnComplete":true}}""");
        await client.ReceiveUntilAsync(static f => f.Has("serverContent"));

        Assert.Equal(1, meter.Sum("parley.messages", ("parley.direction", "from_client"), ("parley.kind", "audio")));
        Assert.Equal(sound.Length, meter.Sum("parley.bytes", ("parley.direction", "from_client"), ("parley.kind", "audio")));
        Assert.Equal(1, meter.Sum("parley.messages", ("parley.direction", "from_client"), ("parley.kind", "setup")));
        Assert.Equal(1, meter.Sum("parley.messages", ("parley.direction", "from_client"), ("parley.kind", "text")));
        Assert.Equal(1, meter.Sum("parley.messages", ("parley.direction", "to_client"), ("parley.kind", "content")));
    }

    [Fact]
    public async Task Sessions_are_counted_while_they_run_and_by_how_they_end()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        using var meter = new MeterReader(gateway);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        Assert.Equal(1, meter.Sum("parley.sessions.active", ("parley.backend", "relay")));

        await connection.CloseAsync(1007, "Request contains an invalid argument.");
        await client.ExpectCloseAsync();
        await gateway.Logs.FirstAsync(static e => e.EventId.Id == 1002, "the session ends");

        Assert.Equal(0, meter.Sum("parley.sessions.active", ("parley.backend", "relay")));
        Assert.Equal(1, meter.Sum("parley.session.closes", ("parley.close.code", 1007), ("parley.cause", "upstream")));
    }

    [Fact]
    public async Task Close_codes_of_clients_are_a_closed_set_in_metrics_and_daily_counts()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        using var meter = new MeterReader(host);
        int[] codes = [1000, 1011, .. Enumerable.Range(0, 20).Select(static i => 3000 + (i * 51)), .. Enumerable.Range(0, 20).Select(static i => 4000 + (i * 51))];
        foreach (var code in codes)
        {
            await using var client = await host.OpenAsync();
            await client.Socket.CloseAsync((System.Net.WebSockets.WebSocketCloseStatus)code, null, TestContext.Current.CancellationToken);
        }
        await Expect.WithinAsync(host.Services.GetRequiredService<Parley.Server.Sessions.SessionRegistry>().WhenEmptyAsync(), "all sessions end");

        Assert.Equal((1, 1, 20, 20), (Closes(1000), Closes(1011), Closes(3000), Closes(4000)));
        Assert.Equal([1000, 1011, 3000, 4000], host.Services.GetRequiredService<Parley.Server.Access.UsageTracker>().Sums().Closes.Select(static day => day.Code).Order());

        double Closes(int code) => meter.Sum("parley.session.closes", ("parley.close.code", code), ("parley.cause", "client"));
    }

    [Fact]
    public void Every_close_code_has_one_of_few_labels() =>
        Assert.Equal(19, Enumerable.Range(-10, 70_000).Select(Parley.Server.Wire.CloseCodes.Bounded).Distinct().Count());

    [Fact]
    public async Task Refused_upgrades_are_counted_by_their_status()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), static options => options.RejectAtHttp = true);
        using var meter = new MeterReader(host);

        await host.ExpectRefusedAsync(LiveTestHost.Path + "?key=wrong");

        Assert.Equal(1, meter.Sum("parley.refusals", ("http.response.status_code", 403)));
    }

    [Fact]
    public async Task Tokens_add_up_over_the_modalities()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        using var meter = new MeterReader(gateway);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        await connection.SendAsync("""{"usageMetadata":{"promptTokenCount":30,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":25}],"responseTokenCount":7}}""");
        await client.ReceiveAsync();

        Assert.Equal(25, meter.Sum("gen_ai.client.token.usage", ("gen_ai.token.type", "input"), ("parley.modality", "audio")));
        Assert.Equal(5, meter.Sum("gen_ai.client.token.usage", ("gen_ai.token.type", "input"), ("parley.modality", "unknown")));
        Assert.Equal(7, meter.Sum("gen_ai.client.token.usage", ("gen_ai.token.type", "output")));
    }

    [Fact]
    public async Task A_turn_and_a_call_are_spans_of_their_session()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LiveTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        const string model = "models/gemini-of-the-span-test";
        await using var upstream = await RawUpstream.StartAsync();
        await using (var gateway = await Gateway.StartAsync(upstream.Host))
        {
            var (client, connection) = await gateway.OpenAsync(upstream, $$$"""{"setup":{"model":"{{{model}}}"}}""");
            await client.SayAsync("call it");
            await connection.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"open_door"}]}}""");
            await client.ReceiveAsync();
            await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"c1","name":"open_door","response":{}}]}}""");
            await connection.TextAsync(static text => text.Contains("open_door", StringComparison.Ordinal), "the response");
            await connection.SendAsync("""{"serverContent":{"modelTurn":{"parts":[{"text":"Open."}]}}}""");
            await connection.SendAsync("""{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":9,"responseTokenCount":4}}""");
            await client.ReceiveUntilAsync(static f => f.Has("usageMetadata"));
            await client.DisposeAsync();
            await gateway.Logs.FirstAsync(static e => e.EventId.Id == 1002, "the session ends");
        }

        var mine = spans.Where(static span => Equals(span.GetTagItem("gen_ai.request.model"), model)).ToArray();
        var session = mine.Single(static span => span.OperationName == "live_session");
        var turn = mine.Single(static span => span.OperationName.StartsWith("realtime_inference", StringComparison.Ordinal));
        var call = mine.Single(static span => span.OperationName == "execute_tool open_door");
        Assert.Equal((session.SpanId, session.SpanId), (turn.ParentSpanId, call.ParentSpanId));
        Assert.Equal("completed", turn.GetTagItem("parley.outcome"));
        Assert.Equal((9, 4), ((int)turn.GetTagItem("gen_ai.usage.input_tokens")!, (int)turn.GetTagItem("gen_ai.usage.output_tokens")!));
        Assert.Equal("answered", call.GetTagItem("parley.outcome"));
    }

    [Fact]
    public void Every_instrument_and_attribute_has_a_documented_name()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<LiveMetrics>().BuildServiceProvider();
        var names = typeof(TelemetryNames).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)
            .Select(static field => (string)field.GetRawConstantValue()!).ToHashSet();
        var meter = services.GetRequiredService<LiveMetrics>().Meter;
        var instruments = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                instruments.Add(instrument.Name);
        };
        listener.Start();

        Assert.NotEmpty(instruments);
        Assert.Subset(names, instruments.ToHashSet());
        Assert.All(names, static name => Assert.Matches("^((gen_ai|parley|error|http)\\.[a-z_.]+|[a-z_]+)$", name));
    }
}

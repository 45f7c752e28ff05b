using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Client.Tests.Scripted;
using static Parley.Extensions.AI.Tests.Conversing;

namespace Parley.Extensions.AI.Tests.Middleware;

/// <summary>Logging and telemetry of Microsoft.Extensions.AI over the adapter.</summary>
public class ObservingMiddlewareTests
{
    private const string Handle = "secret-handle-of-the-session";

    [Fact]
    public async Task Logging_middleware_logs_every_message_and_no_secret_even_at_trace()
    {
        var logs = new LogRecorder();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs));
        await using var server = await ScriptedLiveServer.StartAsync(SpeakAsync);
        using var client = server.Realtime().AsBuilder().UseLogging(loggers).Build();
        await using var session = await client.OpenAsync();
        await session.SendAsync(Says("Hello"), new CreateResponseRealtimeClientMessage());
        var messages = await session.ReadToEndAsync();

        var received = logs.Entries.Where(entry => entry.Message.Contains("received server message", StringComparison.Ordinal)).ToList();
        Assert.Equal(messages.Count, received.Count);
        Assert.Contains(received, entry => entry.Message.Contains("OutputAudioDelta", StringComparison.Ordinal) && entry.Message.Contains("24000", StringComparison.Ordinal));
        Assert.All(logs.Entries, entry => Assert.DoesNotContain(Handle, entry.ToString(), StringComparison.Ordinal));
        Assert.All(logs.Entries, entry => Assert.DoesNotContain(ScriptedLiveServer.Key, entry.ToString(), StringComparison.Ordinal));
        Assert.Contains(messages, message => message is LiveUpdateMessage { Update: Parley.Client.ResumptionUpdate { Handle: Handle } });
    }

    [Fact]
    public async Task Telemetry_has_an_activity_for_each_response_with_model_provider_usage_and_status()
    {
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == nameof(ObservingMiddlewareTests),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await ScriptedLiveServer.StartAsync(SpeakAsync);
        using var client = server.Realtime().AsBuilder().UseOpenTelemetry(sourceName: nameof(ObservingMiddlewareTests)).Build();
        await using var session = await client.OpenAsync(new RealtimeSessionOptions { Model = "gemini-3.8-live" });
        await session.SendAsync(Says("Hello"), new CreateResponseRealtimeClientMessage());
        await session.ReadToEndAsync();

        var response = Assert.Single(activities, activity => activity.GetTagItem("gen_ai.response.id") is not null);
        Assert.Equal("gemini-3.8-live", response.GetTagItem("gen_ai.request.model"));
        Assert.Equal("gcp.gemini", response.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("parley.test", response.GetTagItem("server.address"));
        Assert.Equal(9, response.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal("[\"Completed\"]", (string?)response.GetTagItem("gen_ai.response.finish_reasons"), ignoreCase: true);
        Assert.Null(response.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task The_whole_middleware_pipeline_works_and_exposes_the_inner_session()
    {
        await using var server = await ScriptedLiveServer.StartAsync(SpeakAsync);
        using var client = server.Realtime().AsBuilder().UseLogging(LoggerFactory.Create(_ => { })).UseOpenTelemetry().UseLiveFunctionInvocation().Build();
        await using var session = await client.OpenAsync();
        await session.SendAsync(Says("Hello"), new CreateResponseRealtimeClientMessage());
        await session.ReadToEndAsync();

        Assert.Equal(Handle, session.AsLiveSession().ResumptionHandle);
        Assert.NotNull(client.GetService(typeof(Parley.Client.LiveClient)));
    }

    private static async Task SpeakAsync(ScriptedPeer peer)
    {
        await peer.AcceptSetupAsync();
        await peer.ExpectAsync();
        // The handle shares its message with other updates, whose Raw contains it.
        await peer.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"{{{Handle}}}","resumable":true},"usageMetadata":{"promptTokenCount":1},"voiceActivity":{"voiceActivityType":"ACTIVITY_END"}}""");
        await peer.SendAsync(Wire.Audio([1, 2]));
        await peer.SendAsync("[]");
        await peer.SendAsync("""{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":9,"responseTokenCount":4}}""");
        await peer.CloseAsync(1008, "Session not found");
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Parley.Client.Telemetry;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Client.Tests.Telemetry;

/// <summary>
/// Spans and metrics of a session, on a fake clock. Other tests use the same source, so each test uses a model name of its own.
/// </summary>
public class SessionTelemetryTests
{
    private const string Handle = "secret-handle-of-the-telemetry";
    private static readonly LiveUpdate Sound = new AudioUpdate(new byte[] { 1, 2 }, 24_000);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_turn_is_a_span_from_its_first_output_to_its_end()
    {
        using var heard = new Heard("gemini-turn");
        var telemetry = Telemetry("models/gemini-turn");
        telemetry.Sent(Text("hi"));
        _time.Advance(TimeSpan.FromMilliseconds(300));
        telemetry.Note(new OutputTranscriptUpdate("Hello", false));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        telemetry.Note(Sound);
        _time.Advance(TimeSpan.FromSeconds(1));
        telemetry.Note(Sound);
        telemetry.Note(new TurnCompleteUpdate(null, null, new UsageMetadata
        {
            PromptTokenCount = 10, ResponseTokenCount = 20, ThoughtsTokenCount = 5, CachedContentTokenCount = 3,
            ResponseTokensDetails = [new ModalityTokenCount { Modality = Modality.Audio, TokenCount = 20 }],
        }));

        var turn = Assert.Single(heard.Spans);
        Assert.Equal(("realtime_inference gemini-turn", ActivityKind.Client, TimeSpan.FromSeconds(1.1)), (turn.DisplayName, turn.Kind, turn.Duration));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["gen_ai.operation.name"] = "realtime_inference", ["gen_ai.provider.name"] = "gcp.gemini", ["gen_ai.request.model"] = "gemini-turn",
                ["server.address"] = "example.test", ["server.port"] = 443, ["gen_ai.response.time_to_first_chunk"] = 0.3, ["gen_ai.output.type"] = "speech",
                ["gen_ai.usage.input_tokens"] = 10, ["gen_ai.usage.output_tokens"] = 25, ["gen_ai.usage.cache_read.input_tokens"] = 3,
                ["gen_ai.usage.reasoning.output_tokens"] = 5, ["gen_ai.usage.audio.output_tokens"] = 20,
            },
            turn.TagObjects.Where(tag => tag.Value is not string[] && tag.Key != "gen_ai.live_session.id").ToDictionary());
        Assert.Equal(["stop"], (string[])turn.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.Equal(
            [
                "gen_ai.client.operation.duration 1.1", "gen_ai.client.operation.time_to_first_chunk 0.3", "gen_ai.client.token.usage 10 input",
                "gen_ai.client.token.usage 25 output", "parley.client.first_audio 0.4", "parley.client.sessions 1",
            ],
            heard.Measured);
    }

    [Fact]
    public void Speech_that_the_server_saw_end_is_where_the_turn_begins()
    {
        using var heard = new Heard("gemini-vad");
        var telemetry = Telemetry("gemini-vad");
        telemetry.Note(new VoiceActivityUpdate(VoiceActivityType.ActivityEnd, null));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        telemetry.Note(Sound);
        telemetry.Note(new TurnCompleteUpdate(null, null, null));

        Assert.Equal(TimeSpan.FromMilliseconds(500), Assert.Single(heard.Spans).Duration);
        Assert.Contains("parley.client.first_audio 0.5", heard.Measured);
    }

    [Fact]
    public void An_interruption_is_timed_and_named()
    {
        using var heard = new Heard("gemini-cut");
        var telemetry = Telemetry("gemini-cut");
        telemetry.Note(Sound);
        telemetry.Sent(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityStart = Empty.Instance } });
        _time.Advance(TimeSpan.FromMilliseconds(80));
        telemetry.Note(new InterruptedUpdate());
        telemetry.Note(new TurnCompleteUpdate(null, null, null));

        Assert.Contains("parley.client.interrupt_to_silence 0.08", heard.Measured);
        Assert.Equal(["interrupted"], (string[])Assert.Single(heard.Spans).GetTagItem("gen_ai.response.finish_reasons")!);
    }

    [Fact]
    public void A_session_that_ends_in_a_turn_ends_the_span_with_the_cause()
    {
        using var heard = new Heard("gemini-broken");
        var telemetry = Telemetry("gemini-broken");
        telemetry.Note(Sound);
        _time.Advance(TimeSpan.FromSeconds(2));
        telemetry.Ended(new SessionEnd(EndCause.Network, null, ""));

        var turn = Assert.Single(heard.Spans);
        Assert.Equal((ActivityStatusCode.Error, "Network"), (turn.Status, turn.GetTagItem("error.type")));
        Assert.Equal(["gen_ai.client.operation.duration 2 Network", "parley.client.session.duration 2 Network", "parley.client.sessions -1", "parley.client.sessions 1"], heard.Measured);
    }

    [Fact]
    public void A_reconnect_ends_the_span_and_records_its_duration_and_lost_audio()
    {
        using var heard = new Heard("gemini-again");
        var telemetry = Telemetry("gemini-again");
        telemetry.Note(Sound);
        telemetry.Dropped(TimeSpan.FromSeconds(1.5));
        telemetry.Reconnected(isResumed: true, TimeSpan.FromSeconds(3));
        telemetry.Note(Sound);
        telemetry.Note(new TurnCompleteUpdate(null, null, null));

        Assert.Equal([["connection_lost"], ["stop"]], heard.Spans.Select(span => (string[])span.GetTagItem("gen_ai.response.finish_reasons")!));
        Assert.Contains("parley.client.dropped_audio 1.5", heard.Measured);
        Assert.Contains("parley.client.reconnect.duration 3", heard.Measured);
    }

    [Fact]
    public void A_turn_without_content_is_no_operation()
    {
        using var heard = new Heard("gemini-empty");
        Telemetry("gemini-empty").Note(new TurnCompleteUpdate(null, null, null));

        Assert.Empty(heard.Spans);
        Assert.Equal(["parley.client.sessions 1"], heard.Measured);
    }

    [Fact]
    public void Content_is_captured_only_if_enabled()
    {
        using var heard = new Heard("gemini-said");
        foreach (var capture in (bool[])[false, true])
        {
            var telemetry = Telemetry("gemini-said", capture);
            telemetry.Note(new InputTranscriptUpdate("my \"secret\"", true));
            telemetry.Note(new OutputTranscriptUpdate("I ", false));
            telemetry.Note(new OutputTranscriptUpdate("hear", false));
            telemetry.Note(new TurnCompleteUpdate(null, null, null));
        }

        Assert.Null(heard.Spans[0].GetTagItem("gen_ai.input.messages"));
        Assert.Null(heard.Spans[0].GetTagItem("gen_ai.output.messages"));
        Assert.Equal("my \"secret\"", JsonElement.Parse((string)heard.Spans[1].GetTagItem("gen_ai.input.messages")!)[0].GetProperty("parts")[0].GetProperty("content").GetString());
        Assert.Equal("""[{"role":"assistant","parts":[{"type":"text","content":"I hear"}]}]""", heard.Spans[1].GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public void Without_a_listener_no_span_is_created()
    {
        var telemetry = Telemetry("gemini-unheard");
        var turn = new TurnCompleteUpdate(null, null, new UsageMetadata { PromptTokenCount = 1 });
        var request = Text("hi");
        void Talk()
        {
            telemetry.Sent(request);
            telemetry.Note(Sound);
            telemetry.Note(Sound);
            telemetry.Note(turn);
        }

        Assert.Equal(0, Allocated.Least(1_000, Talk));
    }

    [Fact]
    public async Task A_whole_session_is_traced_with_its_functions_under_the_turn_and_without_a_secret()
    {
        using var heard = new Heard("gemini-whole");
        using var caller = new Activity("caller").Start();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"{{{Handle}}}","resumable":true}}""");
            await peer.SendAsync(Wire.Audio([1, 2]));
            await peer.SendAsync("""{"toolCall":{"functionCalls":[{"id":"7","name":"look","args":{"at":"argument-secret"}}]}}""");
            await peer.ExpectAsync();
            await peer.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await peer.CloseAsync(1008, $"no: {ScriptedLiveServer.Key}");
        });
        Activity? inside = null;
        var setup = new LiveSetup
        {
            Model = "gemini-whole",
            Tools = [AIFunctionFactory.Create((string at) => { inside = Activity.Current; return at; }, "look")],
        };
        await using (var session = await server.ConnectAsync(setup, static options => options.Resumption = new ResumptionOptions { Enabled = false }))
        {
            await session.SendTextAsync("text-secret");
            await session.ReadToEndAsync();
        }

        var turn = Assert.Single(heard.Spans, span => span.Kind == ActivityKind.Client);
        var tool = Assert.Single(heard.Spans, span => span.Kind == ActivityKind.Internal);
        Assert.Equal(caller.TraceId, turn.TraceId);
        Assert.Equal((turn.SpanId, "execute_tool look"), (tool.ParentSpanId, tool.DisplayName));
        Assert.Same(tool, inside);
        Assert.Equal(("execute_tool", "look", "7", "function"), (tool.GetTagItem("gen_ai.operation.name"), tool.GetTagItem("gen_ai.tool.name"), tool.GetTagItem("gen_ai.tool.call.id"), tool.GetTagItem("gen_ai.tool.type")));
        Assert.Contains(heard.Measured, line => line.StartsWith("gen_ai.client.operation.time_to_first_chunk", StringComparison.Ordinal));
        foreach (var secret in (string[])[Handle, ScriptedLiveServer.Key, "argument-secret", "text-secret"])
            Assert.DoesNotContain(heard.Everything, text => text.Contains(secret, StringComparison.Ordinal));
        Assert.Same(caller, Activity.Current);
    }

    private static LiveSessionRequest Text(string text) => new() { RealtimeInput = new RealtimeInput { Text = text } };

    private SessionTelemetry Telemetry(string model, bool capture = false) =>
        new(model, new LiveClientOptions { TimeProvider = _time, CaptureContent = capture, BaseAddress = new Uri("https://example.test/") });

    /// <summary>Records the spans and measurements of one model, and the function span of one test.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _spans = new();
        private readonly ConcurrentQueue<string> _measured = new();
        private readonly ActivityListener _activities;
        private readonly MeterListener _meters = new();

        internal Heard(string model)
        {
            _activities = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == LiveTelemetry.Name,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    if (Equals(span.GetTagItem(GenAI.RequestModel), model) || Equals(span.GetTagItem(GenAI.ToolName), "look"))
                        _spans.Enqueue(span);
                },
            };
            ActivitySource.AddActivityListener(_activities);
            _meters.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == LiveTelemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            };
            _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags, model));
            _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags, model));
            _meters.Start();
        }

        internal IReadOnlyList<Activity> Spans => [.. _spans];

        internal IReadOnlyList<string> Measured => [.. _measured.Order(StringComparer.Ordinal)];

        internal IEnumerable<string> Everything =>
            Spans.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Append(span.DisplayName).Append(span.StatusDescription ?? "")).Concat(Measured);

        public void Dispose()
        {
            _activities.Dispose();
            _meters.Dispose();
        }

        private void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, string model)
            where T : IFormattable
        {
            var all = tags.ToArray().ToDictionary();
            if (!Equals(all.GetValueOrDefault(GenAI.RequestModel), model))
                return;
            var parts = new[]
            {
                instrument.Name, value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture),
                (all.GetValueOrDefault(GenAI.TokenType) ?? all.GetValueOrDefault(GenAI.ErrorType) ?? all.GetValueOrDefault("parley.end.cause")) as string,
            };
            _measured.Enqueue(string.Join(' ', parts.Where(part => part is not null)));
        }
    }
}

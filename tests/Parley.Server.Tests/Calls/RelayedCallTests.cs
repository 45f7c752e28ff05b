using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Events;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Calls;

/// <summary>The server takes part in a relayed session.</summary>
public sealed class RelayedCallTests
{
    private const string GoAway = """{"goAway":{"timeLeft":"50s"}}""";
    private const string TurnComplete = """{"serverContent":{"turnComplete":true}}""";
    private const string Audio = """{"serverContent":{"modelTurn":{"role":"model","parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}}""";

    private readonly TestClock _clock = new();
    private readonly EventRecorder _events = new();
    private readonly EventLog<LiveCall> _calls = new();

    [Fact]
    public async Task Each_call_is_answered_once_over_twenty_rotations_and_the_client_sees_only_its_own()
    {
        const int Rotations = 20;
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static call => call.AddTool(AIFunctionFactory.Create(static (string id) => "order " + id, "look_up_order")), recorder);
        var (client, connection) = await gateway.OpenAsync(upstream, """{"setup":{"model":"models/m","tools":[{"functionDeclarations":[{"name":"open_page"}]}]}}""");
        await using var _ = client;
        var connections = new List<UpstreamConnection> { connection };
        var expected = new List<string>();
        for (var i = 0; i < Rotations; i++)
        {
            await connection.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"up-{{{i}}}","resumable":true}}""");
            await connection.SendAsync($$$"""{"toolCall":{"functionCalls":[{"id":"s{{{i}}}","name":"look_up_order","args":{"id":"A{{{i}}}"}},{"id":"c{{{i}}}","name":"open_page"}]}}""");
            var shown = await client.ReceiveUntilAsync(static frame => frame.Has("toolCall"));
            Assert.Equal($"c{i}", Assert.Single(shown.At("toolCall", "functionCalls")!.Value.EnumerateArray()).GetProperty("id").GetString());
            await client.SendJsonAsync($$$"""{"toolResponse":{"functionResponses":[{"id":"c{{{i}}}","name":"open_page","response":{"n":1.50}}]}}""");
            await connection.TextAsync(text => text.Contains($"order A{i}", StringComparison.Ordinal), "the answer of the server");
            await connection.TextAsync(text => text.Contains($"\"c{i}\"", StringComparison.Ordinal), "the answer of the client");
            string[] rest = [Audio, $$"""{ "serverContent":{"outputTranscription":{"text":"Part {{i}} \u00e9"} } , "usageMetadata":{ "totalTokenCount":7 } }""", TurnComplete];
            expected.AddRange(rest);
            foreach (var message in rest[..^1])
                await connection.SendAsync(message);
            // Long enough not to count as a connection that failed.
            _clock.Advance(TimeSpan.FromSeconds(31));
            var next = upstream.NextAsync();
            await connection.SendAsync(GoAway);
            await connection.SendAsync(rest[^1]);
            await connection.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"up-{{{i}}}-end","resumable":true}}""");
            connection = await next;
            connections.Add(connection);
            var setup = await connection.SetupAsync();
            Assert.Contains("look_up_order", setup, StringComparison.Ordinal);
            Assert.Contains($"up-{i}-end", setup, StringComparison.Ordinal);
            await connection.AcceptSetupAsync();
        }
        await connection.SendAsync("""{"serverContent":{}}""");
        await client.ReceiveUntilAsync(static frame => frame.Has("serverContent") && frame.Json.GetRawText() == """{"serverContent":{}}""");

        var answers = connections.SelectMany(static one => one.Received.Snapshot).Select(static frame => Encoding.UTF8.GetString(frame.Payload))
            .Where(static text => text.Contains("toolResponse", StringComparison.Ordinal))
            .SelectMany(static text => JsonElement.Parse(text).GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray().Select(static response => response.GetProperty("id").GetString()!).ToList())
            .ToList();
        Assert.Equal(Enumerable.Range(0, Rotations).SelectMany(static i => new[] { $"c{i}", $"s{i}" }).Order(), answers.Order());
        var toClient = recorder.Of(LiveDirection.ToClient).Select(static frame => frame.Text).ToList();
        Assert.DoesNotContain(toClient, static text => text.Contains("look_up_order", StringComparison.Ordinal));
        Assert.Equal(expected, toClient.Skip(1).Where(static text => !text.Contains("toolCall", StringComparison.Ordinal)).SkipLast(1));
        // What the client sent reached its upstream byte for byte.
        var fromClient = recorder.Of(LiveDirection.FromClient).Select(static frame => frame.Text).Skip(1).ToList();
        var atUpstreams = connections.SelectMany(static one => one.Received.Snapshot).Select(static frame => Encoding.UTF8.GetString(frame.Payload)).ToHashSet();
        Assert.All(fromClient, text => Assert.Contains(text, atUpstreams));
        Assert.Equal(2 * Rotations, _events.Events.Snapshot.OfType<LiveToolAnswered>().Count(static answered => answered.Outcome == "answered"));
    }

    [Fact]
    public async Task Untouched_messages_pass_byte_for_byte_in_both_directions()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static call => call.OnTranscript(static _ => { }), recorder);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        string[] down =
        [
            Audio, "{ \"serverContent\" : {\"inputTranscription\":{\"text\":\"\\u0048i\"} } }", """{"toolCall":{"functionCalls":[{"id":"c1","name":"f","args":{"x":1.50}}],"new":{}}}""", "no json",
            """{"serverContent":{"outputTranscription":{"text":"of tomorrow"},"groundingMetadata":5}}""", """{"serverContent":{"outputTranscription":{"text":["of tomorrow"]}}}""",
            """{"serverContent":{"outputTranscription":{"text":"of tomorrow","languageCode":[5]}}}""", """{"serverContent":{"modelTurn":{"parts":[{"text":"of tomorrow"}],"role":[5]}}}""",
            """{"toolCallCancellation":{"ids":["c1"]}}""", """{"serverContent":{"modelTurn":{"parts":[{"text":"\u00e9"}]},"turnComplete":true},"unknown":[1,2]}""",
        ];
        string[] up =
        [
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""", """{"realtimeInput":{"text":"gr\u00fc\u00df dich ✓"}}""",
            """{"clientContent":{"turns":[],"turnComplete":true},"newThing":{"x":1}}""", """{"toolResponse":{"functionResponses":[{"id":"c9","name":"f","response":{"y":1.50},"new":1}]}}""",
        ];
        foreach (var message in down)
            await connection.SendAsync(message);
        await recorder.Frames.FirstAsync(frame => frame.Direction == LiveDirection.ToClient && frame.Text == down[^1], "the last message");
        foreach (var message in up)
            await client.SendJsonAsync(message);
        await connection.TextAsync(text => text == up[^1], "the last message");

        Assert.Equal(down, recorder.Of(LiveDirection.ToClient).Select(static frame => frame.Text).Skip(1));
        Assert.Equal(up, connection.Received.Snapshot.Select(static frame => Encoding.UTF8.GetString(frame.Payload)).Skip(1));
    }

    [Fact]
    public async Task Setup_with_additions_is_otherwise_the_one_of_the_client()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static call => call.Instruction("Be brief."));
        var (client, connection) = await gateway.OpenAsync(upstream, """{"setup":{ "model":"models/m","generationConfig":{"temperature":0.50},"sessionResumption":{} }}""");
        await using var _ = client;

        Assert.Equal(
            """{"setup":{"systemInstruction":{"parts":[{"text":"Be brief."}]}, "model":"models/m","generationConfig":{"temperature":0.50},"sessionResumption":{} }}""",
            await connection.SetupAsync());
    }

    [Fact]
    public async Task Injected_text_waits_for_the_turn_and_the_client_counts_only_its_own_messages()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static _ => { });
        var (client, connection) = await gateway.OpenAsync(upstream, """{"setup":{"model":"models/m","sessionResumption":{"transparent":true}}}""");
        await using var _ = client;
        await client.SayAsync("one");
        await connection.TextAsync(static text => text.Contains("one", StringComparison.Ordinal), "the client's text");
        await connection.SendAsync(Audio);
        await client.ReceiveUntilAsync(static frame => frame.Has("serverContent"));

        var sent = _calls.Snapshot[0].SendTextAsync("from the server");
        Assert.False(sent.IsCompleted);
        await connection.SendAsync(TurnComplete);
        Assert.True(await Expect.WithinAsync(sent.AsTask(), "the text is sent"));
        await connection.TextAsync(static text => text == """{"realtimeInput":{"text":"from the server"}}""", "the server's text");
        await client.SayAsync("two");
        await connection.TextAsync(static text => text.Contains("two", StringComparison.Ordinal), "the client's text");
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true,"lastConsumedClientMessageIndex":"3"}}""");
        var all = await client.ReceiveUntilAsync(static frame => frame.NewHandle() is not null);
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h2","resumable":true,"lastConsumedClientMessageIndex":"1"}}""");
        var first = await client.ReceiveUntilAsync(frame => frame.NewHandle() is { } handle && handle != all.NewHandle());

        Assert.Equal("2", all.At("sessionResumptionUpdate", "lastConsumedClientMessageIndex")!.Value.ToString());
        Assert.Equal("1", first.At("sessionResumptionUpdate", "lastConsumedClientMessageIndex")!.Value.ToString());
    }

    [Fact]
    public async Task Answer_is_cut_but_its_end_and_its_usage_pass()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, static call => call.OnTranscript(text =>
        {
            if (text.Text.Contains("secret", StringComparison.Ordinal))
                call.Cut();
        }), recorder);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await connection.SendAsync("""{"serverContent":{"outputTranscription":{"text":"The secret"}}}""");
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "interrupted") is not null, "the answer is cut");

        await connection.SendAsync(Audio);
        await connection.SendAsync("""{"serverContent":{"outputTranscription":{"text":" is 42"},"generationComplete":true},"usageMetadata":{"totalTokenCount":7}}""");
        await connection.SendAsync(TurnComplete);
        await connection.SendAsync(Audio);
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "modelTurn") is not null, "the next answer");

        var toClient = recorder.Of(LiveDirection.ToClient).Select(static frame => frame.Text).Skip(3).ToList();
        Assert.Equal(["""{"serverContent":{"generationComplete":true},"usageMetadata":{"totalTokenCount":7}}""", TurnComplete, Audio], toClient);
    }

    [Fact]
    public async Task Call_in_flight_when_the_client_leaves_is_cancelled_and_not_answered()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, call => call.AddTool(AIFunctionFactory.Create(
            async (CancellationToken token) =>
            {
                await using var registration = token.Register(() => cancelled.TrySetResult());
                await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            },
            "waits")));
        var (client, connection) = await gateway.OpenAsync(upstream);
        await connection.SendAsync("""{"toolCall":{"functionCalls":[{"id":"s1","name":"waits"}]}}""");
        await _events.FirstAsync<LiveToolCalled>();

        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await client.DisposeAsync();

        await Expect.WithinAsync(cancelled.Task, "the function is cancelled");
        await _events.FirstAsync<LiveSessionEnded>();
        Assert.DoesNotContain(connection.Received.Snapshot, static frame => Encoding.UTF8.GetString(frame.Payload).Contains("toolResponse", StringComparison.Ordinal));
    }

    private Task<InMemoryHost> StartAsync(RawUpstream upstream, Action<LiveCall> handle, FrameRecorder? recorder = null) => Gateway.StartAsync(
        upstream.Host, recorder, time: _clock,
        services: services => services.AddSingleton<ILiveSessionEvents>(_events).AddSingleton<ILiveCallHandler>(new Handler(this, handle)),
        live: static live => live.Connections.KeepAliveInterval = TimeSpan.Zero);

    private sealed class Handler(RelayedCallTests test, Action<LiveCall> handle) : ILiveCallHandler
    {
        public ValueTask OnCallAsync(LiveCall call, CancellationToken cancellationToken)
        {
            test._calls.Add(call);
            handle(call);
            return default;
        }
    }
}

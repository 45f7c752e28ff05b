using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>Rotation and resumption of upstream connections during a call.</summary>
public sealed class RotationTests
{
    private const string Handle = """{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""";
    private const string GoAway = """{"goAway":{"timeLeft":"50s"}}""";
    private const string TurnComplete = """{"serverContent":{"turnComplete":true}}""";

    /// <summary>Odd, so that its two halves differ by a tick and their timers can be told apart.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5) + TimeSpan.FromTicks(1);

    private readonly TestClock _time = new();

    [Fact]
    public async Task GoAway_of_the_upstream_rotates_the_connection()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        var next = upstream.NextAsync();

        await first.SendAsync(GoAway);

        var second = await next;
        Assert.Equal("""{"setup":{"sessionResumption":{"handle":"up-1"},"model":"models/gemini-2.5-flash-native-audio-preview-12-2025"}}""", await second.SetupAsync());
        // The old connection was closed first, which makes the session resumable.
        Assert.Contains(first.Received.Snapshot, static f => f.Type == WebSocketMessageType.Close);
        await second.AcceptSetupAsync();
        await client.SayAsync("still there?");
        await second.TextAsync(static text => text.Contains("still there?", StringComparison.Ordinal), "what the client says");
        await second.SendAsync(TurnComplete);
        await client.ReceiveUntilAsync(static f => f.Has("serverContent"));
        // Neither goAway, nor the second setupComplete, nor a handle that the client did not ask for.
        Assert.Equal([true, false], recorder.Of(LiveDirection.ToClient).Select(static f => f.Text.Contains("setupComplete", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task GoAway_without_a_handle_is_forwarded()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        await first.SendAsync(GoAway);

        Assert.Equal("50s", (await client.ReceiveAsync()).At("goAway", "timeLeft")!.Value.GetString());
    }

    [Fact]
    public async Task Rotation_waits_for_an_open_call()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        await first.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"f"}]}}""");
        await client.ReceiveUntilAsync(static f => f.Has("toolCall"));
        await first.SendAsync(GoAway);
        await first.SendAsync("""{"serverContent":{}}""");
        await client.ReceiveUntilAsync(static f => f.Has("serverContent"));
        var next = upstream.NextAsync();

        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"c1","name":"f","response":{"ok":1}}]}}""");
        await first.TextAsync(static text => text.Contains("\"c1\"", StringComparison.Ordinal), "the tool response at the old connection");
        Assert.DoesNotContain(first.Received.Snapshot, static f => f.Type == WebSocketMessageType.Close);
        await first.SendAsync(TurnComplete);
        await first.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-2","resumable":true}}""");

        Assert.Contains("up-2", await (await next).SetupAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forced_rotation_cancels_open_calls_and_completes_the_turn()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        await first.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"f"}]}}""");
        await first.SendAsync("""{"serverContent":{"modelTurn":{"parts":[{"text":"Well"}]}}}""");
        await client.ReceiveUntilAsync(static f => f.Has("serverContent"));
        var next = upstream.NextAsync();
        await first.SendAsync(GoAway);
        await first.SendAsync("{}");
        await client.ReceiveAsync();

        await _time.AdvanceUntilAsync(next, new RelayOptions().RotationPatience / 2);

        var second = await next;
        await second.AcceptSetupAsync();
        Assert.Equal("c1", (await client.ReceiveUntilAsync(static f => f.Has("toolCallCancellation"))).At("toolCallCancellation", "ids")!.Value[0].GetString());
        Assert.True((await client.ReceiveAsync()).At("serverContent", "turnComplete")!.Value.GetBoolean());
        // The upstream no longer knows the call: its late answer would end the session.
        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"c1","name":"f","response":{}}]}}""");
        await client.SayAsync("next");
        await second.TextAsync(static text => text.Contains("next", StringComparison.Ordinal), "what the client says");
        Assert.DoesNotContain(second.Received.Snapshot, static f => System.Text.Encoding.UTF8.GetString(f.Payload).Contains("c1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_connection_is_rotated()
    {
        await using var upstream = await RawUpstream.StartAsync();
        // Pings are not awaited.
        await using var gateway = await Gateway.StartAsync(
            upstream.Host, configure: static o => o.RotateAfter = TimeSpan.FromMinutes(5), time: _time, live: static o => o.Connections.KeepAliveInterval = TimeSpan.Zero);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        await first.SendAsync("{}");
        await client.ReceiveAsync();
        var next = upstream.NextAsync();

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Contains("up-1", await (await next).SetupAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1011, "Internal error encountered.")]
    [InlineData(1008, "The operation was aborted")]
    [InlineData(1001, null)]
    public async Task Close_of_the_connection_only_is_resumed(int code, string? reason)
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        var next = upstream.NextAsync();

        await first.CloseAsync(code, reason);

        await (await next).AcceptSetupAsync();
        await client.SayAsync("on");
        await (await upstream.Connections.FirstAsync(c => c != first, "a second connection")).TextAsync(static text => text.Contains("\"on\"", StringComparison.Ordinal), "what the client says");
    }

    [Fact]
    public async Task Lost_connection_is_resumed()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        await first.SendAsync("{}");
        await client.ReceiveAsync();
        var next = upstream.NextAsync();

        upstream.Host.CutConnections();

        await (await next).AcceptSetupAsync();
        await client.SayAsync("on");
        await (await upstream.Connections.FirstAsync(c => c != first, "a second connection")).TextAsync(static text => text.Contains("\"on\"", StringComparison.Ordinal), "what the client says");
    }

    [Fact]
    public async Task Refused_handle_forwards_the_original_close()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        var next = upstream.NextAsync();
        await first.CloseAsync(1011, "Deadline expired before operation could complete.");
        var second = await next;
        await second.SetupAsync();

        await second.CloseAsync(1008, "BidiGenerateContent session not found");

        var close = await client.ExpectCloseAsync(skipMessages: true);
        Assert.Equal((1011, "Deadline expired before operation could complete."), (close.Code, close.Reason));
    }

    [Fact]
    public async Task Repeated_losses_end_the_session()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await connection.SendAsync(Handle);
        for (var loss = 1; loss <= 3; loss++)
        {
            var next = upstream.NextAsync();
            await connection.CloseAsync(1011, "Internal error occurred.");
            // The first replacement is immediate, the next two wait for 250 and 500 ms.
            if (loss > 1)
                await _time.AdvanceUntilAsync(next, ReplacementLimit.FirstDelay * (loss - 1));
            connection = await next;
            await connection.AcceptSetupAsync();
        }

        await connection.CloseAsync(1011, "Internal error occurred.");

        Assert.Equal(1011, (await client.ExpectCloseAsync(skipMessages: true)).Code);
    }

    [Fact]
    public async Task Held_messages_send_tool_responses_first_and_drop_the_oldest_audio()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder, configure: static o => o.MaxHeldBytes = 4_096, time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await first.SendAsync(Handle);
        var next = upstream.NextAsync();
        await first.SendAsync(GoAway);
        var second = await next;
        await second.SetupAsync();
        for (var i = 0; i < 20; i++)
            await client.SendJsonAsync($$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"{{{{Convert.ToBase64String(Enumerable.Repeat((byte)i, 600).ToArray())}}}}"}}}""");
        await client.SayAsync("words");
        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"late","name":"f","response":{}}]}}""");
        await gateway.Logs.FirstAsync(static e => e.EventId.Id == 1203, "frames are dropped");
        await client.SendJsonAsync(new { RealtimeInput = new { ActivityEnd = new { } } });
        // The reader is serial: once it has read this one, all previous messages are held.
        await client.SayAsync("barrier");
        await recorder.Frames.FirstAsync(static f => f.Text.Contains("barrier", StringComparison.Ordinal), "the last frame at the gateway");

        await second.SendAsync("{\"setupComplete\":{}}");

        await second.TextAsync(static text => text.Contains("activityEnd", StringComparison.Ordinal), "the last frame");
        var texts = second.Received.Snapshot.Skip(1).Select(static f => System.Text.Encoding.UTF8.GetString(f.Payload)).ToArray();
        Assert.Contains("toolResponse", texts[0], StringComparison.Ordinal);
        Assert.Contains(texts, static text => text.Contains("words", StringComparison.Ordinal));
        var audio = texts.Where(static text => text.Contains("audio/pcm", StringComparison.Ordinal)).ToArray();
        Assert.InRange(audio.Length, 1, 5);
        // The newest audio is kept, in order.
        Assert.Equal(Enumerable.Range(20 - audio.Length, audio.Length), audio.Select(static text => Convert.FromBase64String(text.Split("\"data\":\"")[1].Split('"')[0])[0] + 0));
    }

    [Fact]
    public async Task Output_during_settling_postpones_the_rotation()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, configure: static o => o.RotationSettle = TimeSpan.FromMilliseconds(200), time: _time);
        var (client, first) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await client.SayAsync("question");
        await first.SendAsync(Handle);
        await first.SendAsync(GoAway);
        await first.SendAsync("""{"serverContent":{"modelTurn":{"parts":[{"text":"Well"}]}}}""");
        await client.ReceiveUntilAsync(static f => f.Has("serverContent"));
        await client.SayAsync("and");
        await first.TextAsync(static text => text.Contains("and", StringComparison.Ordinal), "what was held, at the old connection");
        var next = upstream.NextAsync();

        await first.SendAsync(TurnComplete);
        await first.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-2","resumable":true}}""");
        await _time.AdvanceUntilAsync(next, TimeSpan.FromMilliseconds(200));

        Assert.Contains("up-2", await (await next).SetupAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twenty_rotations_under_load_lose_no_message()
    {
        const int Rotations = 20;
        FrameRecorder here = new(), there = new();
        using var unheard = new SemaphoreSlim(16);
        var model = new EchoModel
        {
            CompletesTurns = true,
            Receiving = (_, request) =>
            {
                if (request.RealtimeInput?.Text is not null)
                    unheard.Release();
            },
        };
        await using var upstream = await Gateway.StartUpstreamAsync(model, there);
        await using var gateway = await Gateway.StartAsync(
            upstream, here, static options => options.RotationPatience = Patience, _time,
            live: static options => (options.Connections.SendTimeout, options.Connections.KeepAliveInterval) = (TimeSpan.FromDays(1), TimeSpan.Zero));
        await using var client = await gateway.OpenAsync();
        using var enough = new CancellationTokenSource();
        var speaking = Task.Run(async () =>
        {
            // Texts, with a tool response now and then; no faster than the model receives them.
            for (var i = 1; !enough.IsCancellationRequested; i++)
            {
                if (i % 10 != 0)
                    await Expect.WithinAsync(unheard.WaitAsync(TestContext.Current.CancellationToken), "the model hears a word");
                await client.SendJsonAsync(i % 10 == 0
                    ? $$$$"""{"toolResponse":{"functionResponses":[{"id":"t{{{{i}}}}","name":"f","response":{"n":"{{{{i}}}}"}}]}}"""
                    : $$$"""{"realtimeInput":{"text":"{{{i}}}"}}""");
            }
        }, TestContext.Current.CancellationToken);
        var listening = client.ReceiveUntilAsync(static frame => frame.SaidText() == "last", "the last echo");

        for (var i = 0; i < Rotations; i++)
        {
            _time.Advance(ReplacementLimit.GoodLife);
            var session = model.Sessions.Snapshot[^1];
            var next = model.NextSessionAsync();
            session.Output.Checkpoint($"state {i}");
            session.Output.Send(new LiveSessionResponse { GoAway = new GoAway { TimeLeft = TimeSpan.FromSeconds(50) } });
            // In the second half of the patience any point between two turns is safe. There always is one, so the deadline is never reached.
            await _time.AdvanceUntilAsync(next, Patience / 2);
            var completed = 0;
            await gateway.Logs.FirstAsync(e => e.EventId.Id == 1206 && ++completed > i, "the rotation is completed");
        }
        await enough.CancelAsync();
        await speaking;
        await client.SayAsync("last");
        await listening;

        Assert.Equal(Rotations + 1, model.Sessions.Snapshot.Count);
        Assert.Equal(
            here.Of(LiveDirection.FromClient).Skip(1).Select(static f => f.Text).Order(StringComparer.Ordinal),
            there.Of(LiveDirection.FromClient).Select(static f => f.Text).Where(static t => !t.Contains("\"setup\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(
            there.Of(LiveDirection.ToClient).Select(static f => f.Text).Where(static t => t.Contains("serverContent", StringComparison.Ordinal)),
            here.Of(LiveDirection.ToClient).Select(static f => f.Text).Where(static t => t.Contains("serverContent", StringComparison.Ordinal)));
        Assert.Single(here.Of(LiveDirection.ToClient), static f => f.Text.Contains("setupComplete", StringComparison.Ordinal));
        Assert.Single(here.Of(LiveDirection.ToClient).Select(static f => f.ConnectionId).Distinct());
    }
}

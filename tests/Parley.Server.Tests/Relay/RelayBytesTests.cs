using System.Net.WebSockets;
using System.Text;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>Messages pass the gateway byte for byte.</summary>
public sealed class RelayBytesTests
{
    [Fact]
    public async Task Client_messages_reach_the_upstream_unchanged()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        (WebSocketMessageType Type, byte[] Payload)[] frames =
        [
            (WebSocketMessageType.Text, Utf8("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""")),
            (WebSocketMessageType.Binary, Utf8("""{ "realtime_input" : { "audio" : { "data":"AAAA" , "mime_type":"audio/pcm" } } }""")),
            (WebSocketMessageType.Text, Utf8("""{"realtimeInput":{"text":"gr\u00fc\u00df dich ✓"}}""")),
            (WebSocketMessageType.Binary, Utf8("""{"clientContent":{"turns":[],"turnComplete":true},"newThing":{"x":1}}""")),
            (WebSocketMessageType.Text, Utf8("not json at all")),
            (WebSocketMessageType.Text, []),
            (WebSocketMessageType.Text, Utf8("""{"realtimeInput":{"video":{"mimeType":"image/jpeg","data":"__--"}}}""")),
            (WebSocketMessageType.Text, Utf8(new string(' ', 70_000) + "{}")),
        ];

        foreach (var (type, payload) in frames[..^1])
            await client.SendAsync(payload, type);
        await connection.Received.FirstAsync(f => f.Payload.AsSpan().SequenceEqual(frames[^2].Payload), "the last frame");

        var seen = connection.Received.Snapshot.Skip(1).ToArray();
        Assert.Equal(frames[..^1].Select(static f => (f.Type, Encoding.UTF8.GetString(f.Payload))), seen.Select(static f => (f.Type, Encoding.UTF8.GetString(f.Payload))));
    }

    [Fact]
    public async Task Upstream_messages_reach_the_client_unchanged()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        (WebSocketMessageType Type, string Text)[] frames =
        [
            (WebSocketMessageType.Binary, "{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"inlineData\": {\n            \"mimeType\": \"audio/pcm;rate=24000\",\n            \"data\": \"AAAA\"\n          }\n        }\n      ]\n    }\n  }\n}\n"),
            (WebSocketMessageType.Text, """{"serverContent":{"modelTurn":{"role":"model","parts":[{"text":"\u00e9 ✓"}]},"never":{"seen":[1,2]}}}"""),
            (WebSocketMessageType.Binary, "{}"),
            (WebSocketMessageType.Binary, """{"usageMetadata":{"totalTokenCount":7},"serverContent":{"turnComplete":true}}"""),
            (WebSocketMessageType.Binary, "no json"),
            (WebSocketMessageType.Binary, """{"toolCall":{"functionCalls":[{"id":"1","name":"f","args":{}}]}}"""),
            (WebSocketMessageType.Binary, """{"serverContent":{"turnComplete":true}}"""),
        ];

        var last = recorder.Frames.NextAsync(static f => f.Direction == LiveDirection.ToClient && f.Text == """{"serverContent":{"turnComplete":true}}""", "the last frame");
        foreach (var (type, text) in frames)
            await connection.SendAsync(text, type);
        await last;

        Assert.Equal(frames, recorder.Of(LiveDirection.ToClient).Skip(1).Select(static f => (f.Type, f.Text)));
    }

    [Fact]
    public async Task SetupComplete_of_the_upstream_reaches_the_client()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder);
        var next = upstream.NextAsync();
        await using var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.Setup);
        const string complete = "{ \"setupComplete\": { \"sessionId\": \"vertex-1\" } }";
        await (await next).AcceptSetupAsync(complete);

        await client.ReceiveAsync();

        Assert.Equal(complete, recorder.Of(LiveDirection.ToClient).Single().Text);
    }

    [Fact]
    public async Task Messages_before_setupComplete_follow_the_setup()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host);
        var next = upstream.NextAsync();
        await using var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.Setup);
        await client.SayAsync("early");
        var connection = await next;

        await connection.AcceptSetupAsync();

        await connection.TextAsync(static text => text.Contains("early", StringComparison.Ordinal), "the early message");
        Assert.Equal(2, connection.Received.Snapshot.Count);
    }

    [Fact]
    public async Task Relay_to_a_second_Parley_has_the_same_messages_on_both_sides()
    {
        FrameRecorder here = new(), there = new();
        await using var upstream = await Gateway.StartUpstreamAsync(new EchoModel(), there);
        await using var gateway = await Gateway.StartAsync(upstream, here);
        await using var client = await gateway.OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            await client.SendJsonAsync(new { RealtimeInput = new { Audio = new { MimeType = "audio/pcm;rate=16000", Data = new byte[640] } } });
            await client.EchoAsync($"message {i} ✓");
        }

        Assert.Equal(there.Of(LiveDirection.ToClient).Select(static f => (f.Type, f.Text)), here.Of(LiveDirection.ToClient).Select(static f => (f.Type, f.Text)));
        Assert.Equal(here.Of(LiveDirection.FromClient).Skip(1).Select(static f => (f.Type, f.Text)), there.Of(LiveDirection.FromClient).Skip(1).Select(static f => (f.Type, f.Text)));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

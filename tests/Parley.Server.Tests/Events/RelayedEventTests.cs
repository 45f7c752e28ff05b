using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Events;

/// <summary>The events of a relayed session, read from messages that are forwarded unchanged.</summary>
public sealed class RelayedEventTests
{
    private const string Audio = """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}}""";

    private readonly EventRecorder _recorder = new();

    [Fact]
    public async Task Turns_transcripts_calls_and_usage_are_read_of_the_messages()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await connection.SendAsync("""{"serverContent":{"inputTranscription":{"text":"Hi"}}}""");
        await connection.SendAsync("""{"serverContent":{"inputTranscription":{"text":" there"}}}""");
        await connection.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"f","args":{"a":1}}]}}""");
        await client.ReceiveUntilAsync(static frame => frame.Has("toolCall"));
        await client.SendJsonAsync("""{"toolResponse":{"functionResponses":[{"id":"c1","name":"f","response":{"b":2}}]}}""");
        await _recorder.FirstAsync<LiveToolAnswered>();
        // One message with sound, transcript and end.
        await connection.SendAsync(Audio.Replace("]}}}", """]},"outputTranscription":{"text":"Hello."},"turnComplete":true},"usageMetadata":{"promptTokenCount":7}}""", StringComparison.Ordinal));
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null);
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        await _recorder.FirstAsync<LiveSessionEnded>();

        Assert.Equal(
            [
                "session.started", "transcript.final", "tool.called", "tool.answered", "turn.started", "usage.reported", "transcript.final", "turn.ended", "session.ended",
            ],
            _recorder.Types);
        var events = _recorder.Events.Snapshot;
        Assert.True(events[0].Session.IsRelayed);
        Assert.Equal([("user", "Hi there"), ("model", "Hello.")], events.OfType<LiveTranscriptFinal>().Select(static t => (t.Speaker, t.Text)));
        Assert.Equal("""{"a":1}""", events.OfType<LiveToolCalled>().Single().Arguments?.GetRawText());
        Assert.Equal("""{"b":2}""", events.OfType<LiveToolAnswered>().Single().Response?.GetRawText());
    }

    [Fact]
    public async Task Typed_questions_and_written_answers_are_transcripts_too()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await client.SendJsonAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"What is"},{"text":" it?"}]}],"turnComplete":true}}""");
        await connection.TextAsync(static text => text.Contains("What is", StringComparison.Ordinal), "the question");
        await connection.SendAsync("""{"serverContent":{"modelTurn":{"parts":[{"text":"thinking","thought":true},{"text":"A test."}]}}}""");
        await connection.SendAsync("""{"serverContent":{"turnComplete":true}}""");

        await _recorder.FirstAsync<LiveTurnEnded>();

        Assert.Equal(
            [("user", "What is it?", false), ("model", "A test.", false)],
            _recorder.Events.Snapshot.OfType<LiveTranscriptFinal>().Select(static t => (t.Speaker, t.Text, t.IsSpoken)));
    }

    [Fact]
    public async Task Observed_messages_are_forwarded_byte_for_byte()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, recorder);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        string[] messages =
        [
            "{ \"serverContent\" : {\"inputTranscription\":{\"text\":\"\\u0048i\"} } }", Audio, """{"serverContent":{"outputTranscription":{"text":{}}}}""",
            """{"toolCall":{"functionCalls":[{"id":"c1","name":"f","args":{"x":1.50}}]}}""", """{"serverContent":{"turnComplete":true},"unknownMember":{"a":[1,2]}}""",
        ];
        foreach (var message in messages)
            await connection.SendAsync(message);
        await recorder.Frames.FirstAsync(frame => frame.Direction == LiveDirection.ToClient && frame.Text == messages[^1], "the last message");

        Assert.Equal(messages, recorder.Of(LiveDirection.ToClient).Select(static frame => frame.Text).Skip(1));
    }

    private Task<InMemoryHost> StartAsync(RawUpstream upstream, FrameRecorder? recorder = null) =>
        Gateway.StartAsync(upstream.Host, recorder, services: services => services.AddSingleton<ILiveSessionEvents>(_recorder));
}

using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.TestKit;
using static Parley.Extensions.AI.Tests.Conversing;

namespace Parley.Extensions.AI.Tests.Mapping;

public class ClientMessagesTests
{
    private static readonly CreateResponseRealtimeClientMessage Respond = new();
    private static readonly InputAudioBufferCommitRealtimeClientMessage Commit = new();

    [Fact]
    public async Task A_text_item_is_sent_as_realtime_text() => Assert.Equal(
        ["""{"realtimeInput":{"text":"Hello"}}"""], await HeardAsync(1, Says("Hello"), Respond));

    [Fact]
    public async Task History_is_sent_as_ordered_content() => Assert.Equal(
        ["""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Hello"}]},{"role":"user","parts":[{"text":"Go on"}]}],"turnComplete":true}}"""],
        await HeardAsync(1, Says("Hi"), Says("Hello", ChatRole.Assistant), Says("Go on"), Respond));

    [Fact]
    public async Task Items_are_sent_before_the_audio_that_follows_them() => Assert.Equal(
        [
            """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Hi"}]}],"turnComplete":false}}""",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AQA="}}}""",
            """{"clientContent":{"turnComplete":true}}""",
        ],
        await HeardAsync(3, Says("Hi"), Sound([1, 0]), Respond));

    [Fact]
    public async Task Audio_is_sent_at_the_rate_of_its_media_type_or_of_the_options() => Assert.Equal(
        [
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=8000","data":"AQA="}}}""",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=48000","data":"AQA="}}}""",
            """{"realtimeInput":{"video":{"mimeType":"image/jpeg","data":"AQI="}}}""",
            """{"realtimeInput":{"audioStreamEnd":true}}""",
            """{"realtimeInput":{"text":"still here"}}""",
        ],
        // Users of other providers send a request after the commit; the Live API answers speech without it.
        await HeardAsync(
            5, new RealtimeSessionOptions { InputAudioFormat = new RealtimeAudioFormat("audio/pcm", 8_000) },
            Sound([1, 0]), Sound([1, 0], "audio/pcm;rate=48000"), Sound([1, 2], "image/jpeg"), Commit, Respond, Says("still here"), Respond));

    [Fact]
    public async Task Without_activity_detection_the_first_sound_starts_and_the_commit_ends_the_activity() => Assert.Equal(
        [
            """{"realtimeInput":{"activityStart":{}}}""",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AQA="}}}""",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AgA="}}}""",
            """{"realtimeInput":{"activityEnd":{}}}""",
            """{"realtimeInput":{"activityStart":{}}}""",
            """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AwA="}}}""",
            """{"realtimeInput":{"activityEnd":{}}}""",
        ],
        await HeardAsync(
            7, new RealtimeSessionOptions { VoiceActivityDetection = new VoiceActivityDetectionOptions { Enabled = false } },
            Sound([1, 0]), Sound([2, 0]), Commit, Respond, Sound([3, 0]), Respond));

    [Fact]
    public async Task A_raw_message_is_sent_as_it_is() => Assert.Equal(
        ["""{"realtimeInput":{"text":"as it is"}}"""],
        await HeardAsync(1, new RealtimeClientMessage { RawRepresentation = new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = "as it is" } } }));

    [Fact]
    public async Task A_session_update_changes_instructions_and_tools_and_refuses_the_rest()
    {
        var heard = new List<string>();
        await using var server = await ListeningAsync(heard, 1);
        await using var session = await server.Realtime().OpenAsync(new RealtimeSessionOptions { Voice = "Kore", Instructions = "old" });

        await session.SendAsync(new SessionUpdateRealtimeClientMessage(new RealtimeSessionOptions { Instructions = "be brief", Tools = [AIFunctionFactory.Create(() => 1, "f")] }));
        var refused = await Assert.ThrowsAsync<NotSupportedException>(
            () => session.SendAsync(new SessionUpdateRealtimeClientMessage(new RealtimeSessionOptions { Voice = "Puck" })));
        await session.ReadToEndAsync();

        Assert.Contains("Voice", refused.Message, StringComparison.Ordinal);
        Assert.Equal(("Kore", "be brief"), (session.Options!.Voice, session.Options.Instructions));
        Assert.Equal("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"be brief"}]},"tools":{"tools":[{"functionDeclarations":[{"name":"f"}]}]}}}""", Assert.Single(heard));
    }

    [Fact]
    public async Task Messages_without_a_counterpart_are_refused_with_a_hint()
    {
        await using var server = await ListeningAsync([], 0);
        await using var session = await server.Realtime().OpenAsync();

        foreach (var (message, says) in new (RealtimeClientMessage, string)[]
        {
            (new RealtimeClientMessage(), "RawRepresentation"),
            (Sound([1], "audio/mpeg"), "audio/mpeg"),
            (new CreateResponseRealtimeClientMessage { Instructions = "x" }, "Instructions"),
            (new CreateResponseRealtimeClientMessage { ExcludeFromConversation = true }, "ExcludeFromConversation"),
            (Says("x", ChatRole.System), "session update"),
        })
        {
            Assert.Contains(says, (await Assert.ThrowsAsync<NotSupportedException>(() => session.SendAsync(message))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Results_of_one_message_of_calls_go_out_together_and_once()
    {
        var heard = new List<string>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync("""{"toolCall":{"functionCalls":[{"id":"1","name":"a"},{"id":"2","name":"b"}]}}""");
            heard.Add((await peer.ExpectAsync()).GetRawText());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.Realtime().OpenAsync();
        await session.ReadUntilAsync(message => message.Type == RealtimeServerMessageType.ResponseOutputItemDone);

        await session.SendAsync(Answers("2", "two"), Answers("2", "again"), Answers("7", "never asked"), Answers("1", new Dictionary<string, object?> { ["n"] = 1 }));
        await session.ReadToEndAsync();

        Assert.Equal(
            """{"toolResponse":{"functionResponses":[{"id":"2","name":"b","response":{"result":"two"}},{"id":"1","name":"a","response":{"n":1}}]}}""",
            Assert.Single(heard));
    }

    [Fact]
    public async Task A_request_for_a_response_does_not_wait_for_calls_that_are_still_open_and_a_cancelled_one_is_never_answered()
    {
        var heard = new List<string>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync("""{"toolCall":{"functionCalls":[{"id":"1","name":"a"},{"id":"2","name":"b"},{"id":"3","name":"c"}]}}""");
            heard.Add((await peer.ExpectAsync()).GetRawText());
            await peer.SendAsync("""{"toolCallCancellation":{"ids":["2"]}}""");
            heard.Add((await peer.ExpectAsync()).GetRawText());
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.Realtime().OpenAsync();
        await session.ReadUntilAsync(message => message.Type == RealtimeServerMessageType.ResponseOutputItemDone);

        await session.SendAsync(Answers("1", true), Respond);
        await session.ReadUntilAsync(message => message.Type == LiveMessageTypes.ToolCallCancelled);
        await session.SendAsync(Answers("2", "late"), Answers("3", null));

        await session.DisposeAsync();
        Assert.Equal(
            [
                """{"toolResponse":{"functionResponses":[{"id":"1","name":"a","response":{"result":true}}]}}""",
                """{"toolResponse":{"functionResponses":[{"id":"3","name":"c","response":{"result":null}}]}}""",
            ],
            heard);
    }

    [Fact]
    public async Task Many_threads_send_whole_messages()
    {
        const int Threads = 8, Each = 20;
        var heard = new List<string>();
        await using var server = await ListeningAsync(heard, Threads * Each);
        await using var session = await server.Realtime().OpenAsync();

        var sending = Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await session.SendAsync(new RealtimeClientMessage { RawRepresentation = new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = $"{thread}:{i}" } } });
        }));
        await Expect.WithinAsync(Task.WhenAll(sending), "everything is sent");
        await session.ReadToEndAsync();

        Assert.Equal(Threads * Each, heard.Distinct().Count());
    }

    private static Task<List<string>> HeardAsync(int count, params RealtimeClientMessage[] messages) => HeardAsync(count, null, messages);

    private static async Task<List<string>> HeardAsync(int count, RealtimeSessionOptions? options, params RealtimeClientMessage[] messages)
    {
        var heard = new List<string>();
        await using var server = await ListeningAsync(heard, count);
        await using var session = await server.Realtime().OpenAsync(options);
        await session.SendAsync(messages);
        await session.ReadToEndAsync();
        return heard;
    }

    // Expects exactly that many messages: another one before the client's close is a failure.
    private static Task<ScriptedLiveServer> ListeningAsync(List<string> heard, int count) => ScriptedLiveServer.StartAsync(async peer =>
    {
        await peer.AcceptSetupAsync();
        for (var i = 0; i < count; i++)
        {
            var message = await peer.ExpectAsync();
            heard.Add(message.GetRawText());
            Assert.Empty(WireSchema.Live.Validate("ClientMessage", message));
        }
        if (count > 0)
            await peer.CloseAsync(1000);
        await peer.ExpectCloseAsync();
    });
}

using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Client.Tests.Scripted;
using Parley.TestKit;

namespace Parley.Extensions.AI.Tests.Mapping;

public class ServerMessagesTests
{
    private const string TurnComplete = """{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":9,"responseTokenCount":4,"thoughtsTokenCount":2,"totalTokenCount":15,"responseTokensDetails":[{"modality":"AUDIO","tokenCount":4}]}}""";

    [Fact]
    public async Task A_spoken_turn_is_a_response_from_its_first_sound_to_its_end()
    {
        var messages = await TurnAsync(
            """{"serverContent":{"inputTranscription":{"text":" Hello"}}}""",
            """{"serverContent":{"inputTranscription":{"text":" there"}}}""",
            Wire.Audio([1, 2, 3, 4]),
            """{"serverContent":{"outputTranscription":{"text":"Good"}}}""",
            Wire.Audio([5, 6]),
            """{"serverContent":{"outputTranscription":{"text":" day"}}}""",
            """{"serverContent":{"generationComplete":true}}""",
            TurnComplete);

        Assert.Equal(
            "RawContentOnly InputAudioTranscriptionDelta InputAudioTranscriptionDelta ResponseCreated OutputAudioDelta OutputAudioTranscriptionDelta "
            + "OutputAudioDelta OutputAudioTranscriptionDelta OutputAudioDone OutputAudioTranscriptionDone LiveGenerationComplete LiveUsage "
            + "InputAudioTranscriptionCompleted ResponseDone",
            messages.Kinds());
        var audio = messages.OfType<LiveAudioMessage>().First();
        Assert.Equal([1, 2, 3, 4], audio.Pcm.ToArray());
        Assert.Equal("AQIDBA==", audio.Audio);
        Assert.Equal(24_000, audio.SampleRateHz);
        Assert.Equal("Good day", messages.OfType<OutputTextAudioRealtimeServerMessage>().Single(message => message.Type == RealtimeServerMessageType.OutputAudioTranscriptionDone).Text);
        Assert.Equal(" Hello there", messages.OfType<InputAudioTranscriptionRealtimeServerMessage>().Single(message => message.Type == RealtimeServerMessageType.InputAudioTranscriptionCompleted).Transcription);
        var done = Assert.IsType<ResponseCreatedRealtimeServerMessage>(messages[^1]);
        Assert.Equal(RealtimeResponseStatus.Completed, done.Status);
        Assert.Equal((9, 4, 2, 15, 4), (done.Usage!.InputTokenCount, done.Usage.OutputTokenCount, done.Usage.ReasoningTokenCount, done.Usage.TotalTokenCount, done.Usage.OutputAudioTokenCount));
        Assert.All(messages.OfType<OutputTextAudioRealtimeServerMessage>(), message => Assert.Equal(done.ResponseId, message.ResponseId));
        Assert.All(messages, message => Assert.IsType<LiveUpdate>(message.RawRepresentation, exactMatch: false));
    }

    [Fact]
    public async Task An_interruption_is_a_message_of_its_own_and_the_response_is_cancelled()
    {
        var messages = await TurnAsync(Wire.Audio([1, 2]), """{"serverContent":{"interrupted":true}}""", """{"serverContent":{"turnComplete":true}}""");

        Assert.Equal("RawContentOnly ResponseCreated OutputAudioDelta LiveInterrupted OutputAudioDone ResponseDone", messages.Kinds());
        Assert.Equal(RealtimeResponseStatus.Cancelled, Assert.IsType<ResponseCreatedRealtimeServerMessage>(messages[^1]).Status);
    }

    [Fact]
    public async Task A_thought_is_not_part_of_the_answer()
    {
        var messages = await TurnAsync(
            """{"serverContent":{"modelTurn":{"parts":[{"text":"let me see","thought":true},{"text":"42"}]}}}""", TurnComplete);

        Assert.Equal("RawContentOnly ResponseCreated LiveThought OutputTextDelta LiveUsage OutputTextDone ResponseDone", messages.Kinds());
        var thought = Assert.IsType<ResponseOutputItemRealtimeServerMessage>(messages[2]);
        Assert.Equal("let me see", Assert.IsType<TextReasoningContent>(Assert.Single(thought.Item!.Contents)).Text);
        Assert.DoesNotContain(messages.OfType<OutputTextAudioRealtimeServerMessage>(), message => message.Text!.Contains("see", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_blocked_answer_says_why()
    {
        var done = Assert.IsType<ResponseCreatedRealtimeServerMessage>(
            (await TurnAsync("""{"serverContent":{"turnComplete":true,"turnCompleteReason":"RESPONSE_REJECTED"}}"""))[^1]);

        Assert.Equal((RealtimeResponseStatus.Incomplete, "RESPONSE_REJECTED"), (done.Status, done.Error!.ErrorCode));
    }

    [Theory]
    [InlineData("""{"goAway":{"timeLeft":"10s"}}""", typeof(GoAwayUpdate), "RawContentOnly")]
    [InlineData("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""", typeof(ResumptionUpdate), "RawContentOnly")]
    [InlineData("""{"serverContent":{"waitingForInput":true}}""", typeof(WaitingForInputUpdate), "RawContentOnly")]
    [InlineData("""{"voiceActivity":{"voiceActivityType":"ACTIVITY_START"}}""", typeof(VoiceActivityUpdate), "LiveVoiceActivity")]
    [InlineData("""{"serverContent":{"interimInputTranscription":{"text":"he"}}}""", typeof(InterimInputTranscriptUpdate), "LiveInterimTranscription")]
    [InlineData("""{"toolCallCancellation":{"ids":["1"]}}""", typeof(ToolCallCancelledUpdate), "LiveToolCallCancelled")]
    [InlineData("""{"serverContent":{"groundingMetadata":{"webSearchQueries":["q"]}}}""", typeof(GroundingUpdate), "RawContentOnly")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"executableCode":{"language":"PYTHON","code":"1"}}]}}}""", typeof(CodeUpdate), "RawContentOnly")]
    [InlineData("""{"somethingNew":{"x":1}}""", typeof(UnknownMessageUpdate), "RawContentOnly")]
    [InlineData("[]", typeof(UnreadableMessageUpdate), "RawContentOnly")]
    public async Task Updates_without_a_counterpart_are_delivered_as_live_messages(string message, Type update, string type)
    {
        var carried = (await TurnAsync(message, TurnComplete)).OfType<LiveUpdateMessage>().Single(carried => carried.Update.GetType() == update);

        Assert.Equal(type, carried.Type.Value);
        Assert.Same(carried.Update, carried.RawRepresentation);
    }

    [Fact]
    public async Task Every_example_message_becomes_an_update()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            foreach (var example in WireExamples.Server)
                await peer.SendAsync(WireExamples.Text(example));
            await peer.CloseAsync(1000);
        });
        await using var plain = await server.ConnectAsync(configure: static options => options.Resumption = new ResumptionOptions { Enabled = false });
        var updates = (await plain.ReadToEndAsync()).Where(update => update is not (OutputTranscriptUpdate { Text: "" } or InputTranscriptUpdate { Text: "" })).ToList();
        await using var session = await server.Realtime().OpenAsync();

        var carried = (await session.ReadToEndAsync()).Select(message => message.RawRepresentation).Distinct(ReferenceEqualityComparer.Instance).ToList();

        Assert.True(WireExamples.Server.Count > 20);
        Assert.Equal(updates.Select(update => update.GetType()), carried.Select(update => update!.GetType()));
    }

    [Fact]
    public async Task The_end_of_the_session_is_a_message_and_ends_the_stream()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 2]));
            await peer.CloseAsync(1011, "RESOURCE_EXHAUSTED: quota");
        });
        await using var session = await server.Realtime().OpenAsync();

        var messages = await session.ReadToEndAsync();

        Assert.Equal("RawContentOnly ResponseCreated OutputAudioDelta OutputAudioDone ResponseDone Error LiveSessionEnded", messages.Kinds());
        Assert.Equal(RealtimeResponseStatus.Failed, ((ResponseCreatedRealtimeServerMessage)messages[^3]).Status);
        Assert.Equal(nameof(EndCause.Quota), ((ErrorRealtimeServerMessage)messages[^2]).Error!.ErrorCode);
        Assert.Empty(await session.GetStreamingResponseAsync().ToListAsync());
    }

    [Fact]
    public async Task A_reconnect_is_reported_and_the_stream_continues()
    {
        var connections = 0;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            if (++connections == 1)
            {
                await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
                await peer.CloseAsync(1011, "Deadline expired before operation could complete.");
                return;
            }
            await peer.SendAsync(Wire.Audio([1, 2]));
            await peer.SendAsync(TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.Client().AsRealtimeClient("gemini-test").OpenAsync();

        Assert.Equal(
            "RawContentOnly RawContentOnly LiveReconnecting LiveReconnected ResponseCreated OutputAudioDelta LiveUsage OutputAudioDone ResponseDone",
            (await session.ReadResponseAsync()).Kinds());
    }

    [Fact]
    public async Task Leaving_the_loop_in_the_middle_of_a_message_loses_nothing()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 2]));
            await peer.SendAsync(TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.Realtime().OpenAsync();
        var messages = new List<RealtimeServerMessage>();
        while (messages.Count == 0 || messages[^1].Type != RealtimeServerMessageType.ResponseDone)
            messages.AddRange(await session.ReadUntilAsync(_ => true));

        Assert.Equal("RawContentOnly ResponseCreated OutputAudioDelta LiveUsage OutputAudioDone ResponseDone", messages.Kinds());
    }

    private static async Task<List<RealtimeServerMessage>> TurnAsync(params string[] sent)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            foreach (var message in sent)
                await peer.SendAsync(message);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.Realtime().OpenAsync();
        return await session.ReadResponseAsync();
    }
}

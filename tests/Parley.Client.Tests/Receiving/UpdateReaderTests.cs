using System.Text;
using CsCheck;
using Parley.Client.Receiving;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Client.Tests.Receiving;

public class UpdateReaderTests
{
    private const string OffTheFastPath = ",\"thought\":false";

    private readonly UpdateReader _reader = new();

    public static IEnumerable<object[]> ServerExamples => WireExamples.ServerRows;

    [Theory]
    [MemberData(nameof(ServerExamples))]
    public void Every_server_example_gives_updates_that_lead_back_to_it(string file)
    {
        var updates = Read(WireExamples.Text(file));

        Assert.Equal(file == "server.empty-content.json", updates.Count == 0);
        foreach (var update in updates)
        {
            Assert.False(update is UnknownMessageUpdate or UnreadableMessageUpdate or ErrorUpdate, update.ToString());
            Assert.Equal(LiveCodec.DecodeResponse(WireExamples.Utf8(file)).Kinds, update.Raw.Kinds);
        }
    }

    [Fact]
    public void Members_of_one_message_come_in_a_fixed_order()
    {
        var updates = Read("""
            {"usageMetadata":{"totalTokenCount":9},"voiceActivity":{"type":"ACTIVITY_END","audioOffset":"4.1s"},
             "serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS","generationComplete":true,"interrupted":true,"waitingForInput":true,
              "outputTranscription":{"text":" b"},"inputTranscription":{"text":" a","finished":true},"interimInputTranscription":{"text":"i"},
              "groundingMetadata":{"webSearchQueries":["q"]},
              "modelTurn":{"parts":[{"text":"hmm","thought":true},{"text":"t"},{"inlineData":{"mimeType":"audio/pcm","data":"AAECAw=="}}]}}}
            """);

        Assert.Equal(
            ["VoiceActivity", "Thought", "Text", "Audio", "InterimInputTranscript", "InputTranscript", "OutputTranscript", "Grounding",
             "Usage", "WaitingForInput", "GenerationComplete", "Interrupted", "TurnComplete"],
            updates.Select(update => update.GetType().Name.Replace("Update", "", StringComparison.Ordinal)));
        var turn = Assert.IsType<TurnCompleteUpdate>(updates[^1]);
        Assert.Equal((9, false), (turn.Usage?.TotalTokenCount, turn.IsIdle));
        Assert.True(updates.TrueForAll(update => ReferenceEquals(update.Raw, turn.Raw)));
        Assert.Equal(24_000, updates.OfType<AudioUpdate>().Single().RateHz);
    }

    [Fact]
    public void Usage_before_the_end_of_the_turn_is_the_usage_of_the_turn_and_of_no_other()
    {
        Assert.IsType<UsageUpdate>(Assert.Single(Read("""{"usageMetadata":{"totalTokenCount":5}}""")));
        Assert.Equal(5, Read("""{"serverContent":{"turnComplete":true}}""").OfType<TurnCompleteUpdate>().Single().Usage?.TotalTokenCount);
        Assert.Null(Read("""{"serverContent":{"turnComplete":true}}""").OfType<TurnCompleteUpdate>().Single().Usage);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"serverContent":{}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[]}}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{}]}}}""")]
    [InlineData("""{"serverContent":{"turnComplete":false}}""")]
    [InlineData("""{"toolCall":{}}""")]
    public void Empty_parts_give_no_update(string message) => Assert.Empty(Read(message));

    [Theory]
    [InlineData("""{"newKind":{"x":1}}""", "newKind")]
    [InlineData("""{"serverContent":{"newThing":1}}""", "server_content.newThing")]
    public void Unknown_members_are_delivered(string message, string member)
    {
        var unknown = Assert.IsType<UnknownMessageUpdate>(Assert.Single(Read(message)));
        Assert.Contains(member, unknown.Members.Keys);
    }

    [Fact]
    public void An_unknown_member_does_not_hide_the_known_ones()
    {
        var updates = Read("""{"serverContent":{"modelTurn":{"parts":[{"text":"t","shiny":true}]},"turnComplete":true,"turnCompleteReason":"NEW_REASON"}}""");

        Assert.Equal(["TextUpdate", "TurnCompleteUpdate", "UnknownMessageUpdate"], updates.Select(update => update.GetType().Name));
        Assert.Equal("NEW_REASON", ((TurnCompleteUpdate)updates[1]).Reason?.Value);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"serverContent\":")]
    public void A_message_that_is_no_object_is_delivered_as_it_is(string message)
    {
        var unreadable = Assert.IsType<UnreadableMessageUpdate>(Assert.Single(Read(message)));
        Assert.Equal(message, Encoding.UTF8.GetString(unreadable.Message.Span));
    }

    [Theory]
    [InlineData("""{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}""")]
    [InlineData("""{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}""")]
    public void An_error_object_in_a_frame_is_an_error(string message)
    {
        var error = Assert.IsType<ErrorUpdate>(Assert.Single(Read(message))).Error;
        Assert.Equal((429, "slow down"), (error.Code, error.Message));
    }

    [Fact]
    public void A_tool_call_without_id_or_arguments_is_a_tool_call()
    {
        var call = Assert.Single(Assert.IsType<ToolCallUpdate>(Assert.Single(Read("""{"toolCall":{"functionCalls":[{"name":"f"}]}}"""))).Calls);
        Assert.Equal(("f", null, null), (call.Name, call.Id, call.Args?.ToString()));
    }

    [Fact]
    public void Odd_parts_become_whole_samples_on_both_paths()
    {
        byte[] pcm = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        Gen.Int[0, 21].Array[1, 20].Sample(sizes =>
        {
            var reader = new UpdateReader();
            var updates = new List<LiveUpdate>();
            var sent = 0;
            for (var i = 0; i < sizes.Length; i++)
            {
                var length = Math.Min(sizes[i], pcm.Length - sent);
                reader.Read(Encoding.UTF8.GetBytes(Wire.Audio(pcm.AsSpan(sent, length), i % 2 == 0 ? "" : OffTheFastPath)), updates);
                sent += length;
            }
            var audio = updates.OfType<AudioUpdate>().ToList();
            Assert.All(audio, update => Assert.True(update.Pcm.Length > 0 && update.Pcm.Length % 2 == 0));
            Assert.Equal(pcm[..(sent & ~1)], audio.SelectMany(update => update.Pcm.ToArray()));
        });
    }

    [Fact]
    public void The_odd_byte_of_an_interrupted_answer_is_dropped()
    {
        Read(Wire.Audio([0, 1, 2]));
        Read("""{"serverContent":{"interrupted":true}}""");

        var next = Read(Wire.Audio([7, 8, 9, 10]));

        Assert.Equal([7, 8, 9, 10], Assert.IsType<AudioUpdate>(Assert.Single(next)).Pcm.ToArray());
    }

    [Fact]
    public void Audio_from_the_fast_path_shows_the_message_it_came_in()
    {
        Read(Wire.Audio([0, 1, 2]));
        var second = Assert.IsType<AudioUpdate>(Assert.Single(Read(Wire.Audio([3, 4, 5]))));

        Assert.Equal([2, 3, 4, 5], second.Pcm.ToArray());
        Assert.Equal([3, 4, 5], second.Raw.ServerContent!.ModelTurn!.Parts![0].InlineData!.Data!.Value.ToArray());
        Assert.DoesNotContain("Raw", second.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Media_and_unknown_parts_have_their_own_updates()
    {
        var updates = Read("""
            {"serverContent":{"modelTurn":{"parts":[
              {"inlineData":{"mimeType":"video/mp4; codecs=\"avc1\"","data":"AAEC"}},
              {"fileData":{"fileUri":"gs://x","mimeType":"image/png"}},
              {"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAEC"},"thought":true}]}}}
            """);

        Assert.Equal(["MediaUpdate", "PartUpdate", "PartUpdate"], updates.Select(update => update.GetType().Name));
    }

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 60].Sample(bytes => new UpdateReader().Read(bytes, []));

    [Fact]
    public void Audio_costs_its_bytes_and_one_object()
    {
        var message = WireExamples.Utf8("server.audio.json");
        var updates = new List<LiveUpdate>(4);
        for (var i = 0; i < 50; i++)
            ReadOnce();
        var pcmBytes = ((AudioUpdate)updates[0]).Pcm.Length;

        var perMessage = Allocated.Least(100, ReadOnce) / 100.0;

        Assert.InRange(perMessage, pcmBytes, pcmBytes + 120);

        void ReadOnce()
        {
            updates.Clear();
            _reader.Read(message, updates);
        }
    }

    private List<LiveUpdate> Read(string message)
    {
        var updates = new List<LiveUpdate>();
        _reader.Read(Encoding.UTF8.GetBytes(message), updates);
        return updates;
    }
}

using System.Buffers;
using System.Text;
using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>A state round-trips through bytes.</summary>
public sealed class ConversationStateCodecTests
{
    [Fact]
    public void Text_calls_and_media_round_trip()
    {
        var first = Talk.With(Talk.Functions(Talk.Declare("look")));
        first.Speaks("Hello \"Grüße\" \u2028");
        first.Replies("Hi");
        first.Client("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Both"},{"inlineData":{"mimeType":"image/png","data":"AQID"}},{"inlineData":{"mimeType":"image/jpeg","data":"BAU="}}]}],"turnComplete":true}}""");
        first.Calls("look");
        first.Responds(Talk.Result("call-1"));
        first.Replies("Two pictures.");
        var (data, media) = Encode(first.State!);

        var second = Talk.With(Talk.Functions(Talk.Declare("look")), resumeFrom: ConversationStateCodec.Decode(data, [.. media.Select(static m => (ReadOnlyMemory<byte>?)m)]));

        Assert.Equal(first.State!.History.Select(Talk.Describe), second.State!.History.Select(Talk.Describe));
        Assert.Equal(first.Machine.ContextTokens, second.Machine.ContextTokens);
        Assert.Equal([[1, 2, 3], [4, 5]], media.Select(static m => m.ToArray()));
        second.Types("Look again");
        second.Calls("look");
        Assert.Contains(second.History, static line => line.Contains("Grüße", StringComparison.Ordinal));
        // Ids continue counting: a late response to an earlier call must not answer this one.
        second.Responds(Talk.Result("call-2"));
        second.Replies("Done");
    }

    [Fact]
    public void Media_are_separate_and_a_lost_one_is_replaced_by_a_note()
    {
        var talk = Talk.With();
        talk.Client("""{"clientContent":{"turns":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"AQID"}},{"text":"my cat"}]}],"turnComplete":false}}""");
        var (data, media) = Encode(talk.State!);

        var state = ConversationStateCodec.Decode(data, [null]);

        Assert.Single(media);
        Assert.DoesNotContain("AQID", Encoding.UTF8.GetString(data.Span), StringComparison.Ordinal);
        Assert.Equal("[media no longer available]", state.History[0].Parts![0].Text);
        Assert.Equal("my cat", state.History[0].Parts![1].Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("""{"version":2,"callsIssued":0,"historySeeded":false,"entries":[]}""")]
    [InlineData("""{"version":1,"callsIssued":0,"historySeeded":false,"entries":[{"tokens":[1],"content":{}}]}""")]
    [InlineData("""{"version":1,"callsIssued":0,"historySeeded":false,"entries":[{"tokens":[1,0,0,0],"content":{"surprise":1}}]}""")]
    public void Other_bytes_are_refused(string text) =>
        Assert.Throws<FormatException>(() => ConversationStateCodec.Decode(Encoding.UTF8.GetBytes(text), []));

    private static (ReadOnlyMemory<byte> Data, List<ReadOnlyMemory<byte>> Media) Encode(ConversationState state)
    {
        var data = new ArrayBufferWriter<byte>();
        var media = new List<ReadOnlyMemory<byte>>();
        ConversationStateCodec.Encode(state, data, media);
        return (data.WrittenMemory, media);
    }
}

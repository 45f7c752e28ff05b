using Parley.Conversation.Tests.Kit;
using Xunit;

namespace Parley.Conversation.Tests;

/// <summary>The sliding window, and the end of a session without one.</summary>
public sealed class CompressionTests
{
    [Fact]
    public void The_oldest_turns_are_dropped_at_four_fifths_down_to_half_of_that()
    {
        var talk = Talk.With("""
            "contextWindowCompression":{"slidingWindow":{}}
            """, Window(100));
        Fill(talk, turns: 7);
        talk.Types(Ten);
        Assert.Equal(15, talk.History.Length);
        Assert.Equal(75, talk.Machine.ContextTokens);
        talk.Finishes();
        talk.Types(Ten);
        Assert.Equal(40, talk.Machine.ContextTokens);
        Assert.StartsWith("user:", talk.History[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Trigger_and_target_are_the_clients_and_the_instruction_stays()
    {
        var talk = Talk.With(
            """
            "systemInstruction":{"parts":[{"text":"12345678901234567890"}]},
            "contextWindowCompression":{"triggerTokens":"50","slidingWindow":{"targetTokens":"20"}}
            """, Window(1_000));
        Fill(talk, turns: 4);
        Assert.Equal(45, talk.Machine.ContextTokens);
        talk.Types(Ten);
        Assert.Equal(20, talk.Machine.ContextTokens);
        Assert.Equal("12345678901234567890", talk.Request.SystemInstruction);
        Assert.Equal([$"user: {Ten}", "model: " + Ten, $"user: {Ten}"], talk.History);
    }

    [Fact]
    public void Without_compression_a_full_context_ends_the_session()
    {
        var talk = Talk.With(options: Window(50));
        Fill(talk, turns: 4);
        talk.Types(Ten);
        talk.Finishes();
        talk.Skip();
        talk.Types(Ten);
        talk.Expect("close 1007 Request contains an invalid argument.");
        talk.Types("Hello?");
        talk.ExpectNothing();
    }

    private const string Ten = "aaaaabbbbbcccccddddd";

    private static Func<ConversationOptions, ConversationOptions> Window(int tokens) => options => options with { ContextWindowTokens = tokens };

    // Ten tokens each turn: five of the user and five of the model.
    private static void Fill(Talk talk, int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            talk.Types(Ten);
            talk.Writes(Ten);
            talk.Finishes();
        }
    }
}

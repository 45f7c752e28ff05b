using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>The sliding window, and the end of a session without one.</summary>
public sealed class CompressionTests
{
    [Fact]
    public void The_oldest_turns_are_dropped_at_four_fifths_down_to_half_of_that()
    {
        var talk = Talk.With("""
            "generationConfig":{"responseModalities":["TEXT"]},"contextWindowCompression":{"slidingWindow":{}}
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
    public void The_client_sets_trigger_and_target_and_the_instruction_stays()
    {
        var talk = Talk.With(
            """
            "systemInstruction":{"parts":[{"text":"12345678901234567890"}]},
            "generationConfig":{"responseModalities":["TEXT"]},"contextWindowCompression":{"triggerTokens":"50","slidingWindow":{"targetTokens":"20"}}
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
        var talk = Talk.With("""
            "generationConfig":{"responseModalities":["TEXT"]}
            """, Window(50));
        Fill(talk, turns: 4);
        talk.Types(Ten);
        talk.Finishes();
        talk.Skip();
        talk.Types(Ten);
        talk.Expect("close 1007 Request contains an invalid argument.");
        talk.Types("Hello?");
        talk.ExpectNothing();
    }

    [Fact]
    public void The_newest_user_turn_and_its_calls_stay_however_large()
    {
        var talk = Talk.With(
            """
            "generationConfig":{"responseModalities":["TEXT"]},"contextWindowCompression":{"triggerTokens":"20","slidingWindow":{"targetTokens":"5"}},
            """ + Talk.Functions(Talk.Declare("look")),
            options => options with { ContextWindowTokens = 1_000, CompletesTurnAfterToolCall = true });
        Fill(talk, turns: 1);
        talk.Types(Ten);
        talk.Calls("look");
        talk.Responds(Talk.Result("call-1"));
        Assert.Equal([$"user: {Ten}", "model: call-1:look()", """user: call-1:look = {"output":"call-1 done"}"""], talk.History);
    }

    [Fact]
    public void A_result_does_not_outlive_its_call()
    {
        var talk = Talk.With(Open.Replace("\"20\"", "\"30\"", StringComparison.Ordinal), Window(1_000));
        talk.Types(Ten);
        talk.Calls("alarm");
        Fill(talk, turns: 3);
        talk.Responds("""{"id":"call-1","response":{},"scheduling":"SILENT"}""");
        Fill(talk, turns: 1);
        talk.Types(Ten);
        Assert.Equal([$"user: {Ten}", $"model: {Ten}", $"user: {Ten}", $"model: {Ten}", $"user: {Ten}"], talk.History);
        Assert.Equal(25, talk.Machine.ContextTokens);
    }

    [Fact]
    public void A_call_that_was_dropped_comes_back_with_its_result()
    {
        var talk = Talk.With(Open, Window(1_000));
        talk.Types(Ten);
        talk.Calls("alarm");
        Fill(talk, turns: 6);
        talk.Responds("""{"id":"call-1","response":{},"scheduling":"SILENT"}""");
        talk.Types("Did it ring?");
        Assert.Equal(["model: call-1:alarm()", "user: call-1:alarm = {}", "user: Did it ring?"], talk.History[^3..]);
    }

    [Fact]
    public void A_trigger_beyond_the_window_is_clamped_to_the_window()
    {
        var talk = Talk.With("""
            "generationConfig":{"responseModalities":["TEXT"]},"contextWindowCompression":{"triggerTokens":"100000","slidingWindow":{}}
            """, Window(100));
        Fill(talk, turns: 20);
        Assert.InRange(talk.Machine.ContextTokens, 1, 100);
    }

    [Fact]
    public void A_single_turn_larger_than_the_window_ends_the_session()
    {
        var talk = Talk.With("""
            "generationConfig":{"responseModalities":["TEXT"]},"contextWindowCompression":{"slidingWindow":{}}
            """, Window(10));
        talk.Types(Ten + Ten + Ten);
        talk.Expect("close 1007 Request contains an invalid argument.");
    }

    private static readonly string Open = """
        "generationConfig":{"responseModalities":["TEXT"]},"contextWindowCompression":{"triggerTokens":"50","slidingWindow":{"targetTokens":"20"}},
        """ + Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING"));

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

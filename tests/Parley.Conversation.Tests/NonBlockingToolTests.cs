using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Non-blocking function calls, and when their results are spoken.</summary>
public sealed class NonBlockingToolTests
{
    private static readonly string Functions = Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING"), Talk.Declare("look"));

    [Fact]
    public void The_turn_ends_and_the_result_is_spoken_when_it_comes()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me");
        talk.Says("I will.");
        talk.Calls("alarm");
        talk.Expect("generate 1", "audio", "toolCall call-1:alarm", "generationComplete", "turnComplete");
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("generate 2");
        Assert.Equal(
            ["user: Wake me", "model: I will.", "model: call-1:alarm()", """user: call-1:alarm = {"output":"call-1 done"}"""], talk.History);
    }

    [Fact]
    public void A_function_without_behavior_uses_the_model_default()
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("alarm"), Talk.Declare("look", "UNSPECIFIED")), options => options with { DefaultBehavior = Protocol.Behavior.NonBlocking });
        talk.Types("Wake me");
        talk.Calls("alarm", "look");
        talk.Expect("generate 1", "toolCall call-1:alarm call-2:look", "generationComplete", "turnComplete");
    }

    [Fact]
    public void The_conversation_goes_on_while_a_call_is_open_and_interruption_does_not_cancel_it()
    {
        var talk = Open();
        talk.Types("And a story");
        talk.Types("Stop");
        talk.Expect("generate 2", "cancel 2", "interrupted", "turnComplete", "generate 3");
        talk.Finishes();
        talk.Skip();
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("generate 4");
    }

    [Fact]
    public void A_result_waits_until_the_model_is_silent()
    {
        var talk = Open();
        talk.Types("Meanwhile");
        talk.Says("Yes?");
        talk.Skip();
        talk.Responds(Talk.Result("call-1"));
        talk.ExpectNothing();
        talk.Finishes();
        talk.Expect("generationComplete", "turnComplete", "generate 3");
    }

    [Fact]
    public void A_result_waits_until_the_user_has_finished()
    {
        var talk = Open();
        talk.SpeechStarts();
        talk.Responds(Talk.Result("call-1"));
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Skip();
        talk.Recognizes("What now?");
        talk.Expect("generate 2");
        Assert.Equal("user: What now?", talk.History[^1]);
        talk.Finishes();
        talk.Expect("generationComplete", "turnComplete");
    }

    [Theory]
    [InlineData("""{"id":"call-1","response":{"output":"x"},"scheduling":"INTERRUPT"}""")]
    [InlineData("""{"id":"call-1","response":{"output":"x","scheduling":"INTERRUPT"}}""")]
    [InlineData("""{"id":"call-1","response":{"output":"x","scheduling":"SILENT"},"scheduling":"INTERRUPT"}""")]
    public void A_result_may_interrupt(string response)
    {
        var talk = Open();
        talk.Types("Meanwhile");
        talk.Says("Yes?");
        talk.Skip();
        talk.Responds(response);
        talk.Expect("cancel 2", "interrupted", "turnComplete", "generate 3");
    }

    [Theory]
    [InlineData("""{"id":"call-1","response":{"output":"x"},"scheduling":"SILENT"}""")]
    [InlineData("""{"id":"call-1","response":{"output":"x","scheduling":"SILENT"}}""")]
    public void A_silent_result_is_only_added_to_the_history(string response)
    {
        var talk = Open();
        talk.Responds(response);
        talk.ExpectNothing();
        talk.Types("Did it ring?");
        talk.Expect("generate 2");
        Assert.StartsWith("user: call-1:alarm = ", talk.History[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_that_continues_is_answered_many_times()
    {
        var talk = Open();
        talk.Responds(Talk.Result("call-1", """
            "willContinue":true
            """));
        talk.Finishes();
        talk.Responds("""{"id":"call-1","response":{"output":"half"},"scheduling":"SILENT","willContinue":true}""");
        talk.Expect("generate 2", "generationComplete", "turnComplete");
        talk.Responds("""{"id":"call-1","response":{},"scheduling":"SILENT","willContinue":false}""");
        talk.ExpectNothing();
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("ignored a response to a function call that was answered or cancelled before");
    }

    [Fact]
    public void Blocking_and_non_blocking_calls_in_one_message()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me and look");
        talk.Calls("alarm", "look");
        talk.Expect("generate 1", "toolCall call-1:alarm call-2:look");
        talk.Responds(Talk.Result("call-2"));
        talk.Expect("generate 2");
        talk.Finishes();
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("generationComplete", "turnComplete", "generate 3");
    }

    [Fact]
    public void Interruption_cancels_only_the_blocking_calls()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me and look");
        talk.Calls("alarm", "look");
        talk.Skip();
        talk.Types("Never mind looking");
        talk.Expect("cancel 1", "interrupted", "toolCallCancellation call-2", "turnComplete", "generate 2");
        Assert.Equal(["user: Wake me and look", "model: call-1:alarm()", "user: Never mind looking"], talk.History);
    }

    [Fact]
    public void A_result_follows_its_call_in_the_history_in_any_order_of_results()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me and look");
        talk.Calls("alarm", "look");
        talk.Responds(Talk.Result("call-1"));
        talk.Skip();
        talk.Responds(Talk.Result("call-2"));
        talk.Expect("generate 2");
        Assert.Equal(
            [
                "user: Wake me and look", "model: call-1:alarm()", "model: call-2:look()", """user: call-2:look = {"output":"call-2 done"}""",
                """user: call-1:alarm = {"output":"call-1 done"}""",
            ],
            talk.History);
        talk.Finishes();
        talk.Expect("generationComplete", "turnComplete");
    }

    [Fact]
    public void A_result_follows_the_answer_it_waited_for_in_the_history()
    {
        var talk = Open();
        talk.Types("Meanwhile");
        talk.Says("Yes?");
        talk.SendsOut();
        talk.Responds(Talk.Result("call-1", """
            "scheduling":"INTERRUPT"
            """));
        Assert.Equal(["model: Yes?", """user: call-1:alarm = {"output":"call-1 done"}"""], talk.History[^2..]);
    }

    [Fact]
    public void An_interrupting_result_does_not_cancel_a_blocking_call()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me and look");
        talk.Calls("alarm", "look");
        talk.Skip();
        talk.Responds(Talk.Result("call-1", """
            "scheduling":"INTERRUPT"
            """));
        talk.ExpectNothing();
        talk.Responds(Talk.Result("call-2"));
        talk.Expect("generate 2");
    }

    [Fact]
    public void A_result_that_interrupts_does_not_lose_an_answer_in_the_same_message()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me and look");
        talk.Calls("alarm", "look");
        talk.Skip();
        talk.Responds(Talk.Result("call-2"), Talk.Result("call-1", """
            "scheduling":"INTERRUPT"
            """));
        talk.Expect("generate 2");
        Assert.Contains("""user: call-2:look = {"output":"call-2 done"}""", talk.History);
    }

    private static Talk Open()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me");
        talk.Calls("alarm");
        talk.Skip();
        return talk;
    }
}

using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Blocking function calls, and ids.</summary>
public sealed class ToolTests
{
    private static readonly string Functions = Talk.Functions(Talk.Declare("look"), Talk.Declare("wait", "BLOCKING"), Talk.Declare("alarm", "NON_BLOCKING"));

    [Fact]
    public void The_turn_continues_when_the_call_is_answered()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        talk.Says("Let me look.");
        talk.Calls("look");
        talk.Expect("generate 1", "audio", "toolCall call-1:look");
        Assert.True(talk.Machine.IsAnswering);
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("generate 2");
        Assert.Equal(
            ["user: What do you see?", "model: Let me look.", "model: call-1:look()", """user: call-1:look = {"output":"call-1 done"}"""], talk.History);
        talk.Replies("A cat.");
        talk.Expect("audio", "generationComplete", "turnComplete");
    }

    [Fact]
    public void Several_calls_are_answered_in_any_order_and_any_number_of_messages()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        talk.Calls("look", "wait", "unknown");
        talk.Expect("generate 1", "toolCall call-1:look call-2:wait call-3:unknown");
        talk.Responds(Talk.Result("call-3"));
        talk.Responds(Talk.Result("call-2"), Talk.Result("call-3"));
        talk.Expect("ignored a response to a function call that was answered or cancelled before");
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("generate 2");
        Assert.Equal(
            """user: call-1:look = {"output":"call-1 done"} | call-2:wait = {"output":"call-2 done"} | call-3:unknown = {"output":"call-3 done"}""",
            talk.History[^1]);
    }

    [Fact]
    public void Several_calls_are_answered_in_one_message()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        talk.Calls("look", "wait");
        talk.Skip();
        talk.Responds(Talk.Result("call-2"), Talk.Result("call-1"));
        talk.Expect("generate 2");
    }

    [Fact]
    public void A_turn_may_call_again_and_again()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        for (var i = 1; i <= 3; i++)
        {
            talk.Calls("look");
            talk.Responds(Talk.Result($"call-{i}"));
        }
        talk.Finishes();
        talk.Expect(
            "generate 1", "toolCall call-1:look", "generate 2", "toolCall call-2:look", "generate 3", "toolCall call-3:look", "generate 4",
            "generationComplete", "turnComplete");
    }

    [Fact]
    public void An_unknown_call_id_ends_the_session()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        talk.Calls("look");
        talk.Skip();
        talk.Responds(Talk.Result("call-2"));
        talk.Expect("close 1008 Requested entity was not found.");
    }

    [Theory]
    [InlineData("""{"name":"look","response":{}}""")]
    [InlineData("""{"id":"","response":{}}""")]
    public void A_response_without_id_ends_the_session(string response)
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        talk.Calls("look");
        talk.Skip();
        talk.Responds(response);
        talk.Expect("close 1007 Request contains an invalid argument.");
    }

    [Fact]
    public void A_late_or_repeated_response_is_ignored()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        talk.Calls("look");
        talk.Responds(Talk.Result("call-1"));
        talk.Finishes();
        talk.Skip();
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("ignored a response to a function call that was answered or cancelled before");
    }

    [Fact]
    public void Audio_is_processed_while_a_call_is_open_without_interruption()
    {
        var talk = Talk.With(Functions + """
            ,"realtimeInputConfig":{"activityHandling":"NO_INTERRUPTION"}
            """);
        talk.Types("What do you see?");
        talk.Calls("look");
        talk.Skip();
        talk.Speaks("Hurry up");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
        talk.Responds(Talk.Result("call-1"));
        talk.Finishes();
        talk.Expect("generate 2", "generationComplete", "turnComplete", "generate 3");
        Assert.Equal("user: Hurry up", talk.History[^1]);
    }

    [Fact]
    public void Too_many_open_calls_end_the_session()
    {
        var talk = Talk.With(Functions, options => options with { MaxOpenCalls = 2 });
        talk.Types("What do you see?");
        talk.Calls("look", "look", "look");
        talk.Expect("generate 1", "cancel 1", "close 1011 Too many function calls are open.");
    }

    [Fact]
    public void Two_x_models_complete_the_turn_after_the_call_and_answer_in_another()
    {
        var talk = Talk.With(Functions, options => options with { CompletesTurnAfterToolCall = true });
        talk.Types("What do you see?");
        talk.Says("Let me look.");
        talk.Calls("look");
        talk.Expect("generate 1", "audio", "toolCall call-1:look", "turnComplete");
        Assert.False(talk.Machine.IsAnswering);
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("generate 2");
        Assert.Equal(
            ["user: What do you see?", "model: Let me look.", "model: call-1:look()", """user: call-1:look = {"output":"call-1 done"}"""], talk.History);
        talk.Replies("A cat.");
        talk.Expect("audio", "generationComplete", "turnComplete");
    }

    [Fact]
    public void Two_x_models_cancel_an_open_call_without_a_second_turnComplete()
    {
        var talk = Talk.With(Functions, options => options with { CompletesTurnAfterToolCall = true });
        talk.Types("What do you see?");
        talk.Calls("look");
        talk.Skip();
        talk.Types("Never mind");
        talk.Expect("interrupted", "toolCallCancellation call-1", "generate 2");
        Assert.Equal(["user: What do you see?", "user: Never mind"], talk.History);
    }

    [Fact]
    public void Unsent_text_before_a_cancelled_call_is_not_kept()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        talk.Says("Let me ");
        talk.Says("look.");
        talk.Calls("look");
        talk.SendsOut(1);
        talk.Types("Never mind");
        Assert.Equal(["user: What do you see?", "model: Let me ", "user: Never mind"], talk.History);
    }

    [Fact]
    public void An_empty_list_of_calls_ends_the_generation()
    {
        var talk = Talk.With(Functions);
        talk.Types("Hello");
        talk.Calls();
        talk.Expect("generate 1", "generationComplete", "turnComplete");
    }

    [Fact]
    public void A_late_response_is_recognized_after_any_number_of_calls()
    {
        var talk = Talk.With(Functions);
        talk.Types("What do you see?");
        for (var i = 1; i <= 3_000; i++)
        {
            talk.Calls("look");
            talk.Responds(Talk.Result($"call-{i}"));
        }
        talk.Skip();
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("ignored a response to a function call that was answered or cancelled before");
        talk.Responds(Talk.Result("call-3001"));
        talk.Expect("cancel 3001", "close 1008 Requested entity was not found.");
    }
}

using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>When a conversation can be resumed, and its state afterwards.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public void A_session_can_be_resumed_from_the_start_and_after_each_turn_but_not_while_answering()
    {
        var talk = Talk.With(showsCheckpoints: true);
        talk.Expect("resumable");
        talk.Types("Hello");
        talk.Expect("not resumable", "generate 1");
        talk.Replies("Hi");
        talk.Expect("audio", "generationComplete", "turnComplete", "resumable");
        Assert.Equal(["user: Hello", "model: Hi"], talk.State!.History.Select(Talk.Describe));
    }

    [Fact]
    public void No_checkpoint_is_offered_while_a_call_is_open()
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("look"), Talk.Declare("alarm", "NON_BLOCKING")), showsCheckpoints: true);
        talk.Types("Look");
        talk.Calls("look");
        talk.Responds(Talk.Result("call-1"));
        talk.Calls("alarm");
        talk.Expect(
            "resumable", "not resumable", "generate 1", "toolCall call-1:look", "generate 2", "toolCall call-2:alarm", "generationComplete", "turnComplete");
        talk.Responds("""{"id":"call-2","response":{"scheduling":"SILENT"}}""");
        talk.Expect("resumable");
    }

    [Fact]
    public void A_session_can_be_resumed_after_an_interrupted_turn()
    {
        var talk = Talk.With(showsCheckpoints: true);
        talk.Types("Hello");
        talk.Skip();
        talk.SpeechStarts();
        talk.Expect("cancel 1", "interrupted", "turnComplete", "resumable", "listen 1 from 0s");
    }

    [Fact]
    public void Collected_content_is_in_the_checkpoint()
    {
        var talk = Talk.With(showsCheckpoints: true);
        talk.Skip();
        talk.Adds("My name is Ada.");
        talk.Expect("resumable");
        Assert.Equal(["user: My name is Ada."], talk.State!.History.Select(Talk.Describe));
    }

    [Fact]
    public void A_resumed_conversation_has_its_history_and_continues_counting()
    {
        var first = Talk.With(Talk.Functions(Talk.Declare("look")));
        first.Speaks("Hello");
        first.Replies("Hi");
        first.Types("Look");
        first.Calls("look");
        first.Responds(Talk.Result("call-1"));
        first.Replies("A cat");
        var tokens = first.Machine.ContextTokens;

        var second = Talk.With(Talk.Functions(Talk.Declare("look")), resumeFrom: first.State);
        Assert.Equal(tokens, second.Machine.ContextTokens);
        second.Types("Again");
        Assert.Equal([.. first.State!.History.Select(Talk.Describe), "user: Again"], second.History);
        second.Calls("look");
        second.Expect("generate 1", "toolCall call-2:look");
    }

    [Fact]
    public void A_state_never_changes()
    {
        var talk = Talk.With();
        talk.Types("Hello");
        talk.Replies("Hi");
        var state = talk.State!;
        for (var i = 0; i < 20; i++)
        {
            talk.Types("More");
            talk.Replies("Yes");
        }
        Assert.Equal(["user: Hello", "model: Hi"], state.History.Select(Talk.Describe));
        Assert.Throws<ArgumentOutOfRangeException>(() => state.History[2]);
    }

    [Fact]
    public void A_resumed_conversation_ignores_responses_to_lost_calls()
    {
        var first = Talk.With(Talk.Functions(Talk.Declare("look")));
        var state = first.State;
        first.Types("Look");
        first.Calls("look");

        var second = Talk.With(Talk.Functions(Talk.Declare("look")), resumeFrom: state);
        second.Responds(Talk.Result("call-1"));
        second.Expect("ignored a response to a function call of the previous connection");
    }

    [Fact]
    public void A_checkpoint_is_offered_once_and_not_before_an_immediate_answer()
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("look")), showsCheckpoints: true);
        talk.Expect("resumable");
        talk.Asks("Hello");
        talk.Expect("not resumable", "generate 1");
        talk.Calls("look");
        talk.Responds(Talk.Result("call-1"));
        talk.Finishes();
        talk.Skip();
        talk.Responds(Talk.Result("call-1"));
        talk.Client("""{"clientContent":{"turnComplete":false}}""");
        talk.Expect("ignored a response to a function call that was answered or cancelled before");
    }
}

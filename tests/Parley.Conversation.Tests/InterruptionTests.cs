using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>What cuts an answer, the order in which the client is told, and what history keeps.</summary>
public sealed class InterruptionTests
{
    private const string NoInterruption = """
        "realtimeInputConfig":{"activityHandling":"NO_INTERRUPTION"}
        """;

    private static readonly string Blocking = Talk.Functions(Talk.Declare("look"));

    [Fact]
    public void The_start_of_speech_interrupts_and_no_generationComplete_follows()
    {
        var talk = Talk.With();
        talk.Types("Tell me a story");
        talk.Says("Once upon a time");
        talk.Skip();
        talk.SpeechStarts();
        talk.Expect("cancel 1", "interrupted", "turnComplete", "listen 1 from 0s");
        Assert.False(talk.Machine.IsAnswering);
    }

    [Fact]
    public void Text_and_marks_interrupt_too()
    {
        var talk = Talk.With("""
            "realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}
            """);
        talk.Types("Tell me a story");
        talk.Types("No, a joke");
        talk.Expect("generate 1", "cancel 1", "interrupted", "turnComplete", "generate 2");
        talk.MarksStart();
        talk.Expect("cancel 2", "interrupted", "turnComplete", "listen 1 from 0s");
    }

    [Fact]
    public void Calls_that_are_open_are_cancelled_between_interrupted_and_turnComplete()
    {
        var talk = Talk.With(Blocking);
        talk.Types("What do you see?");
        talk.Says("Let me look.");
        talk.SendsOut();
        talk.Calls("look", "look");
        talk.Skip();
        talk.SpeechStarts();
        talk.Expect("cancel 1", "interrupted", "toolCallCancellation call-1 call-2", "turnComplete", "listen 1 from 0s");
        talk.Responds(Talk.Result("call-1"));
        talk.Expect("ignored an answer to a function call that was answered or cancelled before");
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Never mind");
        Assert.Equal(["user: What do you see?", "model: Let me look.", "user: Never mind"], talk.History);
    }

    [Fact]
    public void Nothing_of_the_interrupted_answer_comes_later()
    {
        var talk = Talk.With("""
            "generationConfig":{"thinkingConfig":{"includeThoughts":true}}
            """);
        talk.Types("Tell me a story");
        talk.SpeechStarts();
        talk.Skip();
        talk.Says("Once");
        talk.Thinks("Hm");
        talk.Calls("look");
        talk.Finishes();
        talk.Machine.Failed(1);
        talk.ExpectNothing();
    }

    [Fact]
    public void History_keeps_exactly_what_was_sent()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Says("two ");
        talk.Says("three ");
        talk.Says("four");
        talk.SendsOut(2);
        talk.SpeechStarts();
        talk.Machine.MediaSent(1, 3);
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Stop");
        Assert.Equal(["user: Count", "model: one two ", "user: Stop"], talk.History);
    }

    [Fact]
    public void An_answer_of_which_nothing_was_sent_leaves_nothing()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Types("Stop");
        Assert.Equal(["user: Count", "user: Stop"], talk.History);
    }

    [Fact]
    public void What_is_reported_sent_of_an_old_answer_does_not_count_for_the_next()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Types("Backwards");
        talk.Says("three ");
        talk.Machine.MediaSent(1, 1);
        talk.Types("Stop");
        Assert.Equal(["user: Count", "user: Backwards", "user: Stop"], talk.History);
    }

    [Fact]
    public void Without_interruption_what_the_user_says_is_the_next_turn()
    {
        var talk = Talk.With(NoInterruption);
        talk.Types("Tell me a story");
        talk.Says("Once");
        talk.Skip();
        talk.Speaks("And a joke");
        talk.Types("please");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
        talk.Finishes();
        talk.Expect("generationComplete", "turnComplete", "generate 2");
        Assert.Equal(["user: Tell me a story", "model: Once", "user: And a joke | please"], talk.History);
    }

    [Fact]
    public void Without_interruption_an_answer_may_end_while_the_user_speaks()
    {
        var talk = Talk.With(NoInterruption);
        talk.Types("Tell me a story");
        talk.SpeechStarts();
        talk.Replies("The end.");
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Skip();
        talk.Recognizes("Thanks");
        talk.Expect("generate 2");
    }

    [Fact]
    public void Without_interruption_client_content_still_interrupts()
    {
        var talk = Talk.With(NoInterruption);
        talk.Types("Tell me a story");
        talk.Asks("Stop");
        talk.Expect("generate 1", "cancel 1", "interrupted", "turnComplete", "generate 2");
    }

    [Fact]
    public void Speech_after_the_turn_interrupts_nothing()
    {
        var talk = Talk.With();
        talk.Types("Hello");
        talk.Replies("Hi");
        talk.Skip();
        talk.SpeechStarts();
        talk.Expect("listen 1 from 0s");
    }
}

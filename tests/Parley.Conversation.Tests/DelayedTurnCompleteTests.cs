using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>turnComplete delayed until a real-time client has played everything.</summary>
public sealed class DelayedTurnCompleteTests
{
    [Fact]
    public void The_turn_ends_when_everything_should_have_been_played()
    {
        var talk = Talk.With(options: Delayed);
        talk.Types("Hello");
        talk.Says("Good morning", seconds: 2);
        talk.Wait(0.5);
        talk.Says("to you", seconds: 1);
        talk.Finishes();
        talk.Expect("generate 1", "audio", "audio", "generationComplete", "timer 2.5s");
        Assert.True(talk.Machine.IsAnswering);
        talk.Wait(2);
        talk.ExpectNothing();
        talk.Wait(0.5);
        talk.Expect("turnComplete");
        Assert.False(talk.Machine.IsAnswering);
    }

    [Fact]
    public void A_timer_that_comes_early_is_set_again()
    {
        var talk = Talk.With(options: Delayed);
        talk.Types("Hello");
        talk.Replies("Hi");
        talk.Skip();
        talk.Machine.PlaybackEnded(TimeSpan.FromSeconds(0.75));
        talk.Expect("timer 0.25s");
        talk.Machine.PlaybackEnded(TimeSpan.FromSeconds(1));
        talk.Expect("turnComplete");
        talk.Machine.PlaybackEnded(TimeSpan.FromSeconds(2));
        talk.ExpectNothing();
    }

    [Fact]
    public void Audio_already_played_does_not_delay_turnComplete()
    {
        var talk = Talk.With(options: Delayed);
        talk.Types("Hello");
        talk.Says("Hi");
        talk.Wait(3);
        talk.Finishes();
        talk.Expect("generate 1", "audio", "generationComplete", "turnComplete");
    }

    [Fact]
    public void The_end_of_an_answer_can_be_interrupted_while_it_plays()
    {
        var talk = Talk.With(options: Delayed);
        talk.Types("Hello");
        talk.Replies("Good morning");
        talk.SendsOut();
        talk.Skip();
        talk.Types("Stop");
        talk.Expect("cancel 1", "interrupted", "turnComplete", "generate 2");
        Assert.Equal(["user: Hello", "model: Good morning", "user: Stop"], talk.History);
        talk.Says("Sorry", seconds: 1);
        talk.Finishes();
        talk.Expect("audio", "generationComplete", "timer 1s");
    }

    [Fact]
    public void Text_does_not_delay_turnComplete()
    {
        var talk = Talk.With(
            """
            "generationConfig":{"responseModalities":["TEXT"]}
            """, Delayed);
        talk.Types("Hello");
        talk.Writes("Hi");
        talk.Finishes();
        talk.Expect("generate 1", "text 'Hi'", "generationComplete", "turnComplete");
    }

    [Fact]
    public void Unsent_chunks_of_a_complete_answer_are_dropped_on_interruption()
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING")), Delayed);
        talk.Types("Wake me");
        talk.Says("I will ");
        talk.Says("wake you.");
        talk.Calls("alarm");
        talk.SendsOut(1);
        talk.Skip();
        talk.Types("Never mind");
        talk.Expect("cancel 1", "interrupted", "turnComplete", "generate 2");
        Assert.Equal(["user: Wake me", "model: I will ", "model: call-1:alarm()", "user: Never mind"], talk.History);
    }

    [Fact]
    public void A_non_blocking_call_delays_turnComplete_by_the_remaining_playback()
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING")), Delayed);
        talk.Wait(100);
        talk.Types("Wake me");
        talk.Says("I will", seconds: 2);
        talk.Wait(1.5);
        talk.Calls("alarm");
        talk.Expect("generate 1", "audio", "toolCall call-1:alarm", "generationComplete", "timer 0.5s");
    }

    [Fact]
    public void A_result_waits_for_the_end_of_playback()
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING")), Delayed);
        talk.Types("Wake me");
        talk.Says("I will", seconds: 2);
        talk.Calls("alarm");
        talk.Skip();
        talk.Responds(Talk.Result("call-1"));
        talk.ExpectNothing();
        talk.Wait(2);
        talk.Expect("turnComplete", "generate 2");
        Assert.Equal(
            ["user: Wake me", "model: I will", "model: call-1:alarm()", """user: call-1:alarm = {"output":"call-1 done"}"""], talk.History);
    }

    private static ConversationOptions Delayed(ConversationOptions options) => options with { DelaysTurnComplete = true };
}

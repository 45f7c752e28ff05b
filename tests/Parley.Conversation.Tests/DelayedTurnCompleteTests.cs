using Parley.Conversation.Tests.Kit;
using Xunit;

namespace Parley.Conversation.Tests;

/// <summary>turnComplete held back until a real-time client has played everything.</summary>
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
    public void What_is_played_already_is_not_waited_for()
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
    public void Text_has_nothing_to_wait_for()
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

    private static ConversationOptions Delayed(ConversationOptions options) => options with { DelaysTurnComplete = true };
}

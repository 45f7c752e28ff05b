using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>What interrupts an answer, the order of messages, and what the history keeps.</summary>
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
    public void Realtime_text_and_activity_marks_interrupt()
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
        talk.Expect("ignored a response to a function call that was answered or cancelled before");
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Never mind");
        Assert.Equal(["user: What do you see?", "model: Let me look.", "user: Never mind"], talk.History);
    }

    [Fact]
    public void Output_of_an_interrupted_answer_is_never_sent_later()
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
        talk.ExpectNothing();
    }

    [Fact]
    public void History_keeps_what_a_real_time_client_has_played()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Says("two ");
        talk.Says("three ");
        talk.Says("four");
        talk.SendsOut();
        talk.Hears(1.5);
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Stop");
        Assert.Equal(["user: Count", "model: one two ", "user: Stop"], talk.History);
    }

    [Fact]
    public void History_keeps_at_most_what_was_sent()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Says("two ");
        talk.Says("three ");
        talk.SendsOut(2);
        talk.Hears(10);
        talk.SpeechStarts();
        talk.Machine.MediaSent(1, 3, talk.Now);
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Stop");
        Assert.Equal(["user: Count", "model: one two ", "user: Stop"], talk.History);
    }

    [Fact]
    public void History_keeps_what_the_client_reports_as_played_whatever_the_clock_says()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Says("two ");
        talk.Says("three ");
        talk.SendsOut(3);
        talk.Machine.MediaPlayed(TimeSpan.Zero);
        talk.Hears(10);
        talk.Machine.MediaPlayed(TimeSpan.FromSeconds(1.5));
        // A report that is late does not take back what was heard.
        talk.Machine.MediaPlayed(TimeSpan.FromSeconds(1));
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Stop");
        Assert.Equal(["user: Count", "model: one two ", "user: Stop"], talk.History);
    }

    [Fact]
    public void Chunks_sent_after_a_pause_play_from_then_on()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.SendsOut();
        talk.Wait(10);
        talk.Says("two ");
        talk.Says("three ");
        talk.SendsOut();
        talk.Wait(0.5);
        talk.Types("Stop");
        Assert.Equal(["user: Count", "model: one two ", "user: Stop"], talk.History);
    }

    [Fact]
    public void Text_counts_as_heard_when_sent()
    {
        var talk = Talk.With("""
            "generationConfig":{"responseModalities":["TEXT"]}
            """);
        talk.Types("Count");
        talk.Writes("one ");
        talk.Writes("two ");
        talk.Writes("three");
        talk.SendsOut(2);
        talk.Types("Stop");
        Assert.Equal(["user: Count", "model: one two ", "user: Stop"], talk.History);
    }

    [Fact]
    public void An_answer_that_was_not_sent_leaves_no_history()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Types("Stop");
        Assert.Equal(["user: Count", "user: Stop"], talk.History);
    }

    [Fact]
    public void Sent_reports_of_an_old_answer_do_not_count_for_the_next()
    {
        var talk = Talk.With();
        talk.Types("Count");
        talk.Says("one ");
        talk.Types("Backwards");
        talk.Says("three ");
        talk.Machine.MediaSent(1, 1, talk.Now);
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

    [Fact]
    public void A_pending_barge_in_interrupts_only_when_confirmed()
    {
        var talk = Talk.With();
        talk.Types("Tell me a story");
        talk.Says("Once");
        talk.Skip();
        talk.SpeechStarts(holds: true);
        talk.Expect("listen 1 from 0s");
        talk.ConfirmBargeIn();
        talk.Expect("cancel 1", "interrupted", "turnComplete");
        talk.ConfirmBargeIn();
        talk.ExpectNothing();
    }

    [Fact]
    public void A_back_channel_is_transcribed_and_neither_interrupts_nor_is_answered()
    {
        var talk = Talk.With("""
            "inputAudioTranscription":{}
            """);
        talk.Types("Tell me a story");
        talk.Says("Once");
        talk.Skip();
        talk.Speaks("mhm", SpeechAct.BackChannel, holds: true);
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "heard 'mhm'");
        talk.Finishes();
        talk.Expect("generationComplete", "turnComplete");
        talk.Types("More");
        Assert.Equal(["user: Tell me a story", "model: Once", "user: More"], talk.History);
    }

    [Fact]
    public void Recognized_words_confirm_a_pending_barge_in()
    {
        var talk = Talk.With();
        talk.Types("Tell me a story");
        talk.Says("Once");
        talk.SendsOut();
        talk.Skip();
        talk.Speaks("No, a joke", holds: true);
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "cancel 1", "interrupted", "turnComplete", "generate 2");
        Assert.Equal(["user: Tell me a story", "model: Once", "user: No, a joke"], talk.History);
    }

    [Fact]
    public void Noise_does_not_confirm_a_pending_barge_in()
    {
        var talk = Talk.With();
        talk.Types("Tell me a story");
        talk.Skip();
        talk.Speaks("", holds: true);
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
        Assert.True(talk.Machine.IsAnswering);
    }

    [Fact]
    public void A_confirmed_barge_in_does_not_interrupt_with_no_interruption()
    {
        var talk = Talk.With(NoInterruption);
        talk.Types("Tell me a story");
        talk.Skip();
        talk.SpeechStarts(holds: true);
        talk.ConfirmBargeIn();
        talk.Expect("listen 1 from 0s");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void New_input_cancels_a_blocking_call_despite_no_interruption_only_if_the_model_does_so(bool cancels)
    {
        var talk = Talk.With(NoInterruption + "," + Talk.Functions(Talk.Declare("look", "BLOCKING")), options => options with { InputCancelsCalls = cancels });
        talk.Types("Look");
        talk.Calls("look");
        talk.Skip();
        talk.Types("Never mind");
        if (cancels)
            talk.Expect("cancel 1", "interrupted", "toolCallCancellation call-1", "turnComplete", "generate 2");
        else
            talk.ExpectNothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_interrupting_result_talks_over_the_user_only_if_the_model_does_so(bool talksOver)
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING")), options => options with { InterruptTalksOverUser = talksOver });
        talk.Types("Set an alarm");
        talk.Calls("alarm");
        talk.SpeechStarts();
        talk.Hears(1);
        talk.Skip();
        talk.Responds(Talk.Result("call-1", "\"scheduling\":\"INTERRUPT\""));
        if (talksOver)
        {
            talk.Expect("generate 2");
            return;
        }
        talk.ExpectNothing();
        talk.SpeechEnds();
        talk.Recognizes("Well");
        talk.Expect("listened 1 to 1s", "generate 2");
    }

    [Fact]
    public void Speech_stops_a_client_that_still_plays_a_complete_turn()
    {
        var talk = Talk.With(options: InterruptsPlayback);
        talk.Types("Hello");
        talk.Says("Good morning", seconds: 2);
        talk.Finishes();
        talk.SendsOut();
        talk.Skip();
        talk.Wait(1);
        talk.SpeechStarts();
        talk.Expect("cancel 1", "interrupted", "listen 1 from 0s");
        talk.Hears(0.5);
        talk.SpeechEnds();
        talk.Recognizes("Stop");
        talk.Expect("listened 1 to 0.5s", "generate 2");
        Assert.Equal(["user: Hello", "model: Good morning", "user: Stop"], talk.History);
    }

    [Fact]
    public void Text_stops_a_client_that_still_plays_a_complete_turn()
    {
        var talk = Talk.With(options: InterruptsPlayback);
        talk.Types("Hello");
        talk.Says("Good morning", seconds: 2);
        talk.Finishes();
        talk.SendsOut();
        talk.Skip();
        talk.Types("And?");
        talk.Expect("cancel 1", "interrupted", "generate 2");
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void Nothing_stops_a_client_that_has_finished_or_that_must_not_be_interrupted(double after, bool interrupts)
    {
        var setup = interrupts ? "" : "\"realtimeInputConfig\":{\"activityHandling\":\"NO_INTERRUPTION\"}";
        var talk = Talk.With(setup, InterruptsPlayback);
        talk.Types("Hello");
        talk.Says("Good morning", seconds: 2);
        talk.Finishes();
        talk.SendsOut();
        talk.Wait(after);
        talk.Skip();
        talk.SpeechStarts();
        talk.Expect("listen 1 from 0s");
    }

    private static ConversationOptions InterruptsPlayback(ConversationOptions options) => options with { InterruptsPlayback = true };
}

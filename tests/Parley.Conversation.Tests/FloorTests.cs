using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>User activity: automatic and manual, the range of each utterance, and when an answer starts.</summary>
public sealed class FloorTests
{
    private const string Manual = """
        "realtimeInputConfig":{"automaticActivityDetection":{"disabled":true},"turnCoverage":"TURN_INCLUDES_ONLY_ACTIVITY"}
        """;

    [Fact]
    public void An_answer_starts_once_speech_has_ended_and_is_recognized()
    {
        var talk = Talk.With();
        talk.Hears(1);
        talk.SpeechStarts();
        talk.Expect("listen 1 from 1s");
        talk.Hears(2);
        talk.ExpectNothing();
        talk.SpeechEnds();
        talk.Expect("listened 1 to 3s");
        talk.Recognizes("What time is it?");
        talk.Expect("generate 1");
        Assert.Equal(["user: What time is it?"], talk.History);
        talk.Replies("Noon.");
        talk.Expect("audio", "generationComplete", "turnComplete");
    }

    [Fact]
    public void An_utterance_includes_look_back_audio_but_never_twice()
    {
        var talk = Talk.With();
        talk.Hears(1);
        talk.SpeechStarts(lookBack: 0.25);
        talk.Hears(1);
        talk.SpeechEnds(ago: 0.5);
        talk.Expect("listen 1 from 0.75s", "listened 1 to 1.5s");
        talk.SpeechStarts(lookBack: 1);
        talk.Hears(1);
        talk.SpeechEnds(ago: -5);
        talk.Expect("listen 2 from 1.5s", "listened 2 to 3s");
    }

    [Fact]
    public void An_answer_waits_for_a_user_who_speaks_again_before_recognition()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.SpeechStarts();
        talk.Recognizes("Tell me", utterance: 1);
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Skip();
        talk.Recognizes("a story.", utterance: 2);
        talk.Expect("generate 1");
        Assert.Equal(["user: Tell me | a story."], talk.History);
    }

    [Fact]
    public void An_answer_waits_for_every_utterance_in_any_order()
    {
        var talk = Talk.With();
        for (var i = 0; i < 2; i++)
        {
            talk.SpeechStarts();
            talk.Hears(1);
            talk.SpeechEnds();
        }
        talk.Skip();
        talk.Recognizes("a story.", utterance: 2);
        talk.ExpectNothing();
        talk.Recognizes("Tell me", utterance: 1);
        talk.Expect("generate 1");
        Assert.Equal(["user: Tell me | a story."], talk.History);
    }

    [Fact]
    public void Repeated_starts_ends_and_transcripts_are_ignored()
    {
        var talk = Talk.With();
        talk.SpeechEnds();
        talk.SpeechStarts();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.Recognizes("too early", utterance: 1);
        talk.SpeechEnds();
        talk.SpeechEnds();
        talk.Recognizes("unknown", utterance: 7);
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
        talk.Recognizes("Hello");
        talk.Recognizes("Hello again");
        talk.Expect("generate 1");
        Assert.Equal(["user: Hello"], talk.History);
    }

    [Fact]
    public void Manual_activity_marks_bracket_an_utterance()
    {
        var talk = Talk.With(Manual);
        Assert.True(talk.Machine.HasManualActivity);
        talk.Hears(1);
        talk.MarksStart();
        talk.MarksStart();
        talk.Hears(2);
        talk.MarksEnd();
        talk.MarksEnd();
        talk.Expect("listen 1 from 1s", "listened 1 to 3s");
        talk.Recognizes("Now.");
        talk.Expect("generate 1");
    }

    [Theory]
    [InlineData("activityStart")]
    [InlineData("activityEnd")]
    public void Activity_marks_are_refused_with_automatic_detection(string mark)
    {
        var talk = Talk.With();
        talk.Client("{\"realtimeInput\":{\"" + mark + "\":{}}}");
        talk.Expect("close 1007 Explicit activity control is not supported when automatic activity detection is enabled.");
        talk.Types("Hello?");
        talk.Speaks("Hello?");
        talk.ExpectNothing();
    }

    [Fact]
    public void Text_in_a_marked_activity_is_part_of_its_turn()
    {
        var talk = Talk.With(Manual);
        talk.MarksStart();
        talk.Types("this one");
        talk.Hears(1);
        talk.Expect("listen 1 from 0s");
        talk.MarksEnd();
        talk.Recognizes("Explain");
        talk.Expect("listened 1 to 1s", "generate 1");
        Assert.Equal(["user: Explain | this one"], talk.History);
    }

    [Fact]
    public void Text_outside_a_marked_activity_is_answered_at_once()
    {
        var talk = Talk.With(Manual);
        talk.Types("Hello");
        talk.Expect("generate 1");
    }

    [Fact]
    public void Text_while_the_detector_hears_speech_waits_for_its_end()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Types("and this");
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
        talk.Recognizes("");
        talk.Expect("generate 1");
        Assert.Equal(["user: and this"], talk.History);
    }

    [Fact]
    public void The_end_of_the_stream_closes_the_open_utterance()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(0.5);
        talk.Client("""{"realtimeInput":{"audioStreamEnd":true}}""");
        talk.SpeechEnds();
        talk.Expect("listen 1 from 0s", "listened 1 to 0.5s");
        talk.Recognizes("Bye");
        talk.Expect("generate 1");
    }

    [Fact]
    public void Explicit_vad_signals_are_sent_on_request()
    {
        var talk = Talk.With("""
            "explicitVadSignal":true
            """);
        talk.Hears(1);
        talk.SpeechStarts(lookBack: 0.5);
        talk.Hears(1);
        talk.SpeechEnds(ago: 0.25);
        talk.Expect("ACTIVITY_START 0.5s", "listen 1 from 0.5s", "ACTIVITY_END 1.75s", "listened 1 to 1.75s");
    }
}

using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>User turns in which nothing was said: they end for the client, without an answer.</summary>
public sealed class EmptyTurnTests
{
    private const string EmptyTurn = "turnComplete NEED_MORE_INPUT";
    private const string StreamEnd = """{"realtimeInput":{"audioStreamEnd":true}}""";
    private const string Manual = """
        "realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}
        """;

    [Fact]
    public void Noise_ends_without_an_answer()
    {
        var talk = Talk.With();
        talk.Speaks("");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", EmptyTurn);
        talk.Speaks("Hello");
        talk.Expect("listen 2 from 1s", "listened 2 to 2s", "generate 1");
        Assert.Equal(["user: Hello"], talk.History);
    }

    [Fact]
    public void Utterances_of_noise_that_are_recognized_together_end_once()
    {
        var talk = Talk.With();
        for (var i = 0; i < 3; i++)
        {
            talk.SpeechStarts();
            talk.Hears(1);
            talk.SpeechEnds();
        }
        talk.Skip();
        talk.Recognizes("", utterance: 1);
        talk.Recognizes("", utterance: 3);
        talk.ExpectNothing();
        talk.Recognizes("", utterance: 2);
        talk.Expect(EmptyTurn);
    }

    [Fact]
    public void Noise_does_not_end_while_the_user_speaks_again()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.SpeechStarts();
        talk.Skip();
        talk.Recognizes("", utterance: 1);
        talk.ExpectNothing();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Hello", utterance: 2);
        talk.Expect("listened 2 to 2s", "generate 1");
    }

    [Fact]
    public void Noise_during_an_answer_ends_with_the_answer()
    {
        var talk = Talk.With("""
            "realtimeInputConfig":{"activityHandling":"NO_INTERRUPTION"}
            """);
        talk.Types("Hello");
        talk.Speaks("");
        talk.Skip();
        talk.Replies("Hi.");
        talk.Expect("audio", "generationComplete", "turnComplete");
    }

    [Fact]
    public void Noise_after_an_interruption_ends_too()
    {
        var talk = Talk.With();
        talk.Types("Hello");
        talk.Says("Hi.");
        talk.Skip();
        talk.Speaks("");
        talk.Expect("cancel 1", "interrupted", "turnComplete", "listen 1 from 0s", "listened 1 to 1s", EmptyTurn);
    }

    [Fact]
    public void A_marked_activity_without_audio_ends_without_an_answer()
    {
        var talk = Talk.With(Manual);
        talk.MarksStart();
        talk.MarksEnd();
        talk.Recognizes("");
        talk.Expect("listen 1 from 0s", "listened 1 to 0s", EmptyTurn);
    }

    [Fact]
    public void A_marked_activity_of_text_has_one_answer_after_its_end()
    {
        var talk = Talk.With(Manual);
        talk.MarksStart();
        talk.Types("What is ");
        talk.Types("seven times six?");
        talk.Expect("listen 1 from 0s");
        talk.MarksEnd();
        talk.Recognizes("");
        talk.Expect("listened 1 to 0s", "generate 1");
        Assert.Equal(["user: What is  | seven times six?"], talk.History);
        talk.Replies("42.");
        talk.Expect("audio", "generationComplete", "turnComplete");
    }

    [Fact]
    public void A_stream_without_speech_ends_when_the_client_ends_it()
    {
        var talk = Talk.With();
        talk.Hears(2);
        talk.Client(StreamEnd);
        talk.Expect(EmptyTurn);
        talk.Client(StreamEnd);
        talk.ExpectNothing();
        talk.Hears(1);
        talk.Client(StreamEnd);
        talk.Expect(EmptyTurn);
    }

    [Fact]
    public void The_end_of_a_stream_with_a_turn_in_it_is_no_turn()
    {
        var talk = Talk.With();
        talk.Speaks("Hello");
        talk.Replies("Hi.");
        talk.Hears(5);
        talk.Skip();
        talk.Client(StreamEnd);
        talk.ExpectNothing();
        talk.Hears(1);
        talk.Types("And now?");
        talk.Replies("Now.");
        talk.Skip();
        talk.Client(StreamEnd);
        talk.ExpectNothing();
    }

    [Fact]
    public void An_empty_turn_reports_the_interaction_status()
    {
        var talk = Talk.With(options: options => options with { ReportsInteractionStatus = true });
        talk.Speaks("");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", EmptyTurn + " IDLE");
    }
}

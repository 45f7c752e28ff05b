using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Words that are not meant for the model, and words that were lost.</summary>
public sealed class AsideTests
{
    [Fact]
    public void An_aside_is_not_answered_and_is_context_of_the_next_turn()
    {
        var talk = Talk.With("""
            "inputAudioTranscription":{}
            """);
        talk.Speaks("Shall we have lunch", SpeechAct.Aside);
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "heard 'Shall we have lunch'");
        talk.Speaks("What time is it?");
        talk.Expect("listen 2 from 1s", "listened 2 to 2s", "heard 'What time is it?'", "generate 1");
        Assert.Equal(["user: Shall we have lunch | What time is it?"], talk.History);
    }

    [Fact]
    public void An_aside_behind_words_that_want_an_answer_does_not_take_the_answer_away()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Skip();
        talk.Recognizes("What time is it?", utterance: 1);
        talk.Recognizes("Yes, coming", utterance: 2, SpeechAct.Aside);
        talk.Expect("generate 1");
    }

    [Fact]
    public void A_noise_behind_an_aside_does_not_ask_for_an_answer()
    {
        var talk = Talk.With();
        talk.Speaks("Shall we have lunch", SpeechAct.Aside);
        talk.Speaks("");
        talk.Skip();
        talk.Types("Hello");
        talk.Expect("generate 1");
        Assert.Equal(["user: Shall we have lunch | Hello"], talk.History);
    }

    [Fact]
    public void Only_the_newest_asides_are_kept()
    {
        var talk = Talk.With();
        for (var i = 0; i < 100; i++)
            talk.Speaks($"aside {i}", SpeechAct.Aside);
        talk.Types("Hello");
        Assert.Equal("user: " + string.Join(" | ", Enumerable.Range(84, 16).Select(i => $"aside {i}")) + " | Hello", Assert.Single(talk.History));
    }

    [Fact]
    public void Lost_speech_is_answered_with_a_request_to_say_it_again()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Skip();
        talk.FailsToRecognize();
        talk.Expect("generate 1, speech was lost");
        talk.Replies("Please say that again.");
        talk.Expect("audio", "generationComplete", "turnComplete");
        talk.Speaks("Hello");
        Assert.Equal(["model: Please say that again.", "user: Hello"], talk.History);
    }

    [Fact]
    public void Lost_speech_beside_words_is_no_reason_to_ask_again()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Skip();
        talk.Types("Hello");
        talk.FailsToRecognize();
        talk.Expect("generate 1");
        Assert.Equal(["user: Hello"], talk.History);
    }

    [Fact]
    public void Lost_speech_waits_for_the_user_who_speaks_again()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.SpeechStarts();
        talk.Skip();
        talk.FailsToRecognize(utterance: 1);
        talk.ExpectNothing();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Hello", utterance: 2);
        talk.Expect("listened 2 to 2s", "generate 1");
    }
}

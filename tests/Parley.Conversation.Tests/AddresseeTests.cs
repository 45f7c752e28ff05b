using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Words not addressed to the model, and failed recognition.</summary>
public sealed class AddresseeTests
{
    [Fact]
    public void Words_not_addressed_to_the_model_are_context_of_the_next_turn()
    {
        var talk = Talk.With("""
            "inputAudioTranscription":{}
            """);
        talk.Speaks("Shall we have lunch", SpeechAct.NotAddressed);
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "heard 'Shall we have lunch'", "turnComplete NEED_MORE_INPUT");
        talk.Speaks("What time is it?");
        talk.Expect("listen 2 from 1s", "listened 2 to 2s", "heard 'What time is it?'", "generate 1");
        Assert.Equal(["user: Shall we have lunch | What time is it?"], talk.History);
    }

    [Fact]
    public void Words_not_addressed_to_the_model_do_not_cancel_the_answer_to_earlier_words()
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
        talk.Recognizes("Yes, coming", utterance: 2, SpeechAct.NotAddressed);
        talk.Expect("generate 1");
    }

    [Fact]
    public void Noise_after_words_not_addressed_to_the_model_is_not_answered()
    {
        var talk = Talk.With();
        talk.Speaks("Shall we have lunch", SpeechAct.NotAddressed);
        talk.Speaks("");
        talk.Skip();
        talk.Types("Hello");
        talk.Expect("generate 1");
        Assert.Equal(["user: Shall we have lunch | Hello"], talk.History);
    }

    [Fact]
    public void Only_the_newest_words_not_addressed_to_the_model_are_kept()
    {
        var talk = Talk.With();
        for (var i = 0; i < 100; i++)
            talk.Speaks($"words {i}", SpeechAct.NotAddressed);
        talk.Types("Hello");
        Assert.Equal("user: " + string.Join(" | ", Enumerable.Range(84, 16).Select(i => $"words {i}")) + " | Hello", Assert.Single(talk.History));
    }

    [Fact]
    public void Failed_recognition_asks_the_user_to_repeat()
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
    public void Failed_recognition_beside_words_does_not_ask_the_user_to_repeat()
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
    public void Failed_recognition_waits_for_a_user_who_speaks_again()
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

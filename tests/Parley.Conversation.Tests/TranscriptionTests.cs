using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Both transcripts, and only for clients that asked for them.</summary>
public sealed class TranscriptionTests
{
    private const string Both = """
        "inputAudioTranscription":{},"outputAudioTranscription":{}
        """;

    [Fact]
    public void Shows_what_was_heard_and_said_where_asked_for()
    {
        var talk = Talk.With(Both);
        talk.SpeechStarts();
        talk.Machine.RecognizedInterim(1, "Hel");
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Hello");
        talk.Replies("Hi");
        talk.Expect(
            "listen 1 from 0s", "interim 'Hel'", "listened 1 to 1s", "heard 'Hello'", "generate 1", "audio 'Hi'", "generationComplete", "turnComplete");
    }

    [Fact]
    public void Shows_nothing_where_not_asked_for()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Machine.RecognizedInterim(1, "Hel");
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Hello");
        talk.Replies("Hi");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "generate 1", "audio", "generationComplete", "turnComplete");
    }

    [Fact]
    public void Shows_each_side_alone()
    {
        var input = Talk.With("""
            "inputAudioTranscription":{}
            """);
        input.Speaks("Hello");
        input.Says("Hi");
        input.Expect("listen 1 from 0s", "listened 1 to 1s", "heard 'Hello'", "generate 1", "audio");

        var output = Talk.With("""
            "outputAudioTranscription":{}
            """);
        output.Speaks("Hello");
        output.Says("Hi");
        output.Expect("listen 1 from 0s", "listened 1 to 1s", "generate 1", "audio 'Hi'");
    }

    [Fact]
    public void Does_not_show_a_noise_or_typed_text()
    {
        var talk = Talk.With(Both);
        talk.Speaks("");
        talk.Types("Hello");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "generate 1");
    }

    [Fact]
    public void Shows_what_was_heard_while_the_user_speaks_again()
    {
        var talk = Talk.With(Both);
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.SpeechStarts();
        talk.Skip();
        talk.Recognizes("Tell me", utterance: 1);
        talk.Expect("heard 'Tell me'");
    }

    [Fact]
    public void Interim_text_ends_with_the_final_text()
    {
        var talk = Talk.With(Both);
        talk.Machine.RecognizedInterim(1, "before");
        talk.Speaks("Hello");
        talk.Skip();
        talk.Machine.RecognizedInterim(1, "Hel");
        talk.ExpectNothing();
    }

    [Fact]
    public void White_space_is_a_noise()
    {
        var talk = Talk.With(Both);
        talk.Speaks(" \n");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
    }

    [Fact]
    public void Words_without_a_sound_are_a_caption_and_no_text_answer()
    {
        var talk = Talk.With(Both);
        talk.Types("Hello");
        talk.Says("Hi ");
        talk.Writes("there");
        talk.Says("!");
        talk.Writes("");
        talk.SendsOut();
        talk.Wait(1.5);
        talk.Expect("generate 1", "audio 'Hi '", "caption 'there'", "audio '!'");
        talk.Types("Stop");
        Assert.Equal("model: Hi there!", talk.History[^2]);

        var silent = Talk.With();
        silent.Types("Hello");
        silent.Says("Hi");
        silent.Writes("there");
        silent.Expect("generate 1", "audio");
    }
}

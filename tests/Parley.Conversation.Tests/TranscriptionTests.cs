using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Both transcriptions, only on request.</summary>
public sealed class TranscriptionTests
{
    private const string Both = """
        "inputAudioTranscription":{},"outputAudioTranscription":{}
        """;

    [Fact]
    public void Both_transcriptions_are_sent_on_request()
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
    public void No_transcription_is_sent_without_request()
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
    public void Each_transcription_can_be_requested_alone()
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
    public void Noise_and_typed_text_are_not_transcribed()
    {
        var talk = Talk.With(Both);
        talk.Speaks("");
        talk.Types("Hello");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "turnComplete NEED_MORE_INPUT", "generate 1");
    }

    [Fact]
    public void A_transcript_is_sent_while_the_user_speaks_again()
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
    public void A_white_space_transcript_is_noise()
    {
        var talk = Talk.With(Both);
        talk.Speaks(" \n");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "turnComplete NEED_MORE_INPUT");
    }

    [Fact]
    public void Text_without_audio_is_a_transcription_not_a_text_answer()
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

using Parley.Conversation.Tests.Kit;
using Parley.Protocol;

namespace Parley.Conversation.Tests;

/// <summary>Tokens by modality: 25 a second of audio, 258 a frame, a quarter of the characters of text.</summary>
public sealed class UsageTests
{
    [Fact]
    public void Audio_tokens_count_time_in_both_directions()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(2.01);
        talk.SpeechEnds();
        talk.Recognizes("Hello");
        talk.Says("Good", seconds: 1.5);
        talk.Says("morning", seconds: 0.1);
        talk.Finishes();
        var usage = talk.Usage;
        Assert.Equal([(Modality.Audio, 51)], Details(usage.PromptTokensDetails));
        Assert.Equal([(Modality.Audio, 40)], Details(usage.ResponseTokensDetails));
        Assert.Equal((51, 40, 91), (usage.PromptTokenCount, usage.ResponseTokenCount, usage.TotalTokenCount));
        Assert.Null(usage.ThoughtsTokenCount);
    }

    [Fact]
    public void Prompt_tokens_count_the_whole_context_each_turn()
    {
        var talk = Talk.With("""
            "systemInstruction":{"parts":[{"text":"12345678"}]}
            """);
        talk.Types("12345");
        talk.Replies("ok");
        Assert.Equal(4, talk.Usage.PromptTokenCount);
        talk.Types("1234");
        talk.Finishes();
        Assert.Equal(30, talk.Usage.PromptTokenCount);
        Assert.Equal([(Modality.Text, 5), (Modality.Audio, 25)], Details(talk.Usage.PromptTokensDetails));
        Assert.Equal(0, talk.Usage.ResponseTokenCount);
    }

    [Fact]
    public void Frames_count_as_video_and_content_images_as_images()
    {
        var talk = Talk.With();
        talk.Client("""{"clientContent":{"turns":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}]}}""");
        talk.Shows(1);
        talk.Types("Both");
        talk.Finishes();
        Assert.Equal([(Modality.Text, 1), (Modality.Image, 258), (Modality.Video, 258)], Details(talk.Usage.PromptTokensDetails));
    }

    [Fact]
    public void Text_answers_and_thoughts_are_counted()
    {
        var talk = Talk.With("""
            "generationConfig":{"responseModalities":["TEXT"]}
            """);
        talk.Types("Hi");
        talk.Thinks("12345678");
        talk.Writes("1234");
        talk.Writes("12345");
        talk.Finishes();
        Assert.Equal([(Modality.Text, 3)], Details(talk.Usage.ResponseTokensDetails));
        Assert.Equal(2, talk.Usage.ThoughtsTokenCount);
        Assert.Equal(6, talk.Usage.TotalTokenCount);
    }

    [Fact]
    public void Each_turn_is_counted_separately_also_an_interrupted_one()
    {
        var talk = Talk.With();
        talk.Types("Hi");
        talk.Says("Hello", seconds: 2);
        talk.SendsOut();
        talk.Types("Stop");
        Assert.Equal(50, talk.Usage.ResponseTokenCount);
        talk.Finishes();
        Assert.Equal(0, talk.Usage.ResponseTokenCount);
        Assert.Equal(52, talk.Usage.PromptTokenCount);
    }

    [Fact]
    public void Generations_around_a_blocking_call_are_counted_together()
    {
        var talk = Talk.With(Talk.Functions(Talk.Declare("look")));
        talk.Types("Hi");
        talk.Says("Let me look", seconds: 1);
        talk.Calls("look");
        talk.Responds(Talk.Result("call-1"));
        talk.Replies("A cat");
        Assert.Equal(50, talk.Usage.ResponseTokenCount);
    }

    private static (Modality, int)[] Details(IReadOnlyList<ModalityTokenCount>? details) => [.. (details ?? []).Select(d => (d.Modality!.Value, d.TokenCount!.Value))];
}

using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Realtime text and client content: what is answered, collected or refused.</summary>
public sealed class TextAndContentTests
{
    [Fact]
    public void Realtime_text_alone_is_answered()
    {
        var talk = Talk.With();
        talk.Types("Hello");
        talk.Expect("generate 1");
        Assert.Equal(["user: Hello"], talk.History);
    }

    [Fact]
    public void Blank_realtime_text_is_answered()
    {
        var talk = Talk.With();
        talk.Types(" ");
        talk.Expect("generate 1");
        Assert.Empty(talk.History);
    }

    [Fact]
    public void Empty_text_does_nothing()
    {
        var talk = Talk.With();
        talk.Types("");
        talk.ExpectNothing();
    }

    [Fact]
    public void Content_is_collected_until_the_turn_is_complete()
    {
        var talk = Talk.With();
        talk.Adds("My name is Ada.");
        talk.Adds("Hello Ada.", role: "model");
        talk.ExpectNothing();
        talk.Asks("What is my name?");
        talk.Expect("generate 1");
        Assert.Equal(["user: My name is Ada.", "model: Hello Ada.", "user: What is my name?"], talk.History);
    }

    [Fact]
    public void A_bare_commit_answers_the_collected_content()
    {
        var talk = Talk.With();
        talk.Adds("Hello");
        talk.Commits();
        talk.Expect("generate 1");
    }

    [Fact]
    public void Any_content_interrupts_even_without_turns()
    {
        var talk = Talk.With();
        talk.Types("Tell me a story");
        talk.Says("Once");
        talk.Skip();
        talk.Client("""{"clientContent":{"turnComplete":false}}""");
        talk.Expect("cancel 1", "interrupted", "turnComplete");
        talk.Wait(60);
        talk.ExpectNothing();
    }

    [Fact]
    public void Content_while_the_model_is_silent_interrupts_nothing()
    {
        var talk = Talk.With();
        talk.Client("""{"clientContent":{"turnComplete":false}}""");
        talk.ExpectNothing();
    }

    [Fact]
    public void Content_is_answered_while_the_user_speaks_and_the_speech_is_answered_after_it()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Asks("Greet the caller");
        talk.Expect("listen 1 from 0s", "generate 1");
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("Hello?");
        talk.Replies("Welcome");
        talk.Expect("listened 1 to 1s", "audio", "generationComplete", "turnComplete", "generate 2");
        Assert.Equal(["user: Greet the caller", "model: Welcome", "user: Hello?"], talk.History);
    }

    [Fact]
    public void Content_waits_for_recognition_of_earlier_speech()
    {
        var talk = Talk.With();
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Skip();
        talk.Asks("Answer in French");
        talk.ExpectNothing();
        talk.Recognizes("Hello");
        talk.Expect("generate 1");
        Assert.Equal(["user: Answer in French", "user: Hello"], talk.History);
    }

    [Theory]
    [InlineData("system")]
    [InlineData("assistant")]
    public void Other_roles_than_user_and_model_are_refused(string role)
    {
        var talk = Talk.With();
        talk.Adds("Hello", role);
        talk.Expect("close 1007 Please use a valid role: user, model.");
    }

    [Fact]
    public void A_turn_without_a_role_belongs_to_the_user()
    {
        var talk = Talk.With();
        talk.Client("""{"clientContent":{"turns":[{"parts":[{"text":"Hello"}]}],"turnComplete":true}}""");
        talk.Expect("generate 1");
        Assert.Equal(["user: Hello"], talk.History);
    }

    [Fact]
    public void Text_modality_gives_text_answers()
    {
        var talk = Talk.With("""
            "generationConfig":{"responseModalities":["TEXT"]}
            """);
        Assert.True(talk.Machine.AnswersInText);
        talk.Types("Hello");
        talk.Writes("Hi ");
        talk.Writes("there.");
        talk.Finishes();
        talk.Expect("generate 1", "text 'Hi '", "text 'there.'", "generationComplete", "turnComplete");
        talk.Types("Again");
        Assert.Equal(["user: Hello", "model: Hi there.", "user: Again"], talk.History);
    }

    [Fact]
    public void Thoughts_are_sent_only_on_request()
    {
        var quiet = Talk.With();
        quiet.Types("Hello");
        quiet.Thinks("A greeting.");
        quiet.Expect("generate 1");

        var open = Talk.With("""
            "generationConfig":{"thinkingConfig":{"includeThoughts":true}}
            """);
        open.Types("Hello");
        open.Thinks("A greeting.");
        open.Expect("generate 1", "thought 'A greeting.'");
        open.Replies("Hi");
        open.Types("Again");
        Assert.Equal(["user: Hello", "model: Hi", "user: Again"], open.History);
    }

    [Fact]
    public void An_empty_generation_ends_its_turn()
    {
        var talk = Talk.With();
        talk.Types("Hello");
        talk.Finishes();
        talk.Expect("generate 1", "generationComplete", "turnComplete");
    }

    [Fact]
    public void A_turn_without_parts_leaves_nothing()
    {
        var talk = Talk.With();
        talk.Client("""{"clientContent":{"turns":[{"role":"user"},{"role":"model","parts":[]}],"turnComplete":true}}""");
        talk.Expect("generate 1");
        Assert.Empty(talk.History);
    }
}

using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Client content as announced history, and models that accept no other (3.1).</summary>
public sealed class InitialHistoryTests
{
    private const string Announced = """
        "historyConfig":{"initialHistoryInClientContent":true}
        """;

    [Fact]
    public void Announced_history_is_not_answered_until_the_user_says_something()
    {
        var talk = Talk.With(Announced, HistoryOnly);
        talk.Adds("My name is Ada.");
        talk.Asks("Hello Ada.", role: "model");
        talk.ExpectNothing();
        talk.Types(" ");
        talk.Expect("generate 1");
        Assert.Equal(["user: My name is Ada.", "model: Hello Ada."], talk.History);
    }

    [Fact]
    public void Content_after_the_announced_history_is_refused()
    {
        var talk = Talk.With(Announced, HistoryOnly);
        talk.Asks("My name is Ada.");
        talk.Adds("More");
        talk.Expect("close 1007 Request contains an invalid argument.");
    }

    [Fact]
    public void Content_that_was_not_announced_is_refused()
    {
        var talk = Talk.With(options: HistoryOnly);
        talk.Adds("My name is Ada.");
        talk.Expect("close 1007 Request contains an invalid argument.");
    }

    [Fact]
    public void Other_models_answer_content_after_the_announced_history()
    {
        var talk = Talk.With(Announced);
        talk.Asks("My name is Ada.");
        talk.ExpectNothing();
        talk.Asks("What is my name?");
        talk.Expect("generate 1");
        Assert.Equal(["user: My name is Ada.", "user: What is my name?"], talk.History);
    }

    [Fact]
    public void A_resumed_session_does_not_accept_initial_history_again()
    {
        var first = Talk.With(Announced, HistoryOnly);
        first.Asks("My name is Ada.");
        var second = Talk.With(Announced, HistoryOnly, first.State);
        second.Adds("My name is Ada.");
        second.Expect("close 1007 Request contains an invalid argument.");
    }

    [Fact]
    public void Announced_history_during_an_answer_interrupts_it()
    {
        var talk = Talk.With(Announced, HistoryOnly);
        talk.Types("Hello");
        talk.Says("Hi");
        talk.SendsOut();
        talk.Adds("My name is Ada.");
        talk.Expect("generate 1", "audio", "cancel 1", "interrupted", "turnComplete");
        talk.Types("Who am I?");
        Assert.Equal(["user: Hello", "model: Hi", "user: My name is Ada.", "user: Who am I?"], talk.History);
    }

    private static ConversationOptions HistoryOnly(ConversationOptions options) => options with { ClientContentIsHistoryOnly = true };
}

namespace Parley.Assistant.Tests.Intents;

public sealed class ConversationTests
{
    private const string Hello = "Hello! I am Parley, the built-in rule-based assistant. What can I do for you?";

    [Theory]
    [InlineData("Hello", Hello)]
    [InlineData("hi there!", Hello)]
    [InlineData("Good morning, Parley.", Hello)]
    [InlineData("Who are you?", "I am Parley, the built-in rule-based assistant of this server. I have no language model, but I can do a few things well.")]
    [InlineData("Hello, what's your name?", "I am Parley, the built-in rule-based assistant of this server. I have no language model, but I can do a few things well.")]
    [InlineData("How are you today?", "All my rules are in place, thank you. How are you?")]
    [InlineData("Thank you very much", "You are welcome.")]
    [InlineData("Goodbye!", "Goodbye! It was nice talking to you.")]
    [InlineData("Okay, stop", "All right, I will stop here.")]
    [InlineData("What time is it?", "It is 14:05 UTC.")]
    [InlineData("Hello, could you tell me the time please", "It is 14:05 UTC.")]
    [InlineData("What day is it today?", "Today is Sunday, 22 November 2026.")]
    [InlineData("What day is it tomorrow?", "Tomorrow is Monday, 23 November 2026.")]
    [InlineData("What was yesterday's date? I mean, what date was yesterday", "Yesterday was Saturday, 21 November 2026.")]
    [InlineData("are you ChatGPT?", "No, I am a program: the built-in rule-based assistant, without a language model.")]
    [InlineData("Repeat after me: The quick brown fox.", "The quick brown fox.")]
    [InlineData("Could you please say \"good evening\"", "good evening")]
    [InlineData("Say one plus one", "one plus one")]
    [InlineData("Count to ten", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10.")]
    [InlineData("please count from 3 to 7", "3, 4, 5, 6, 7.")]
    [InlineData("Count down from five", "5, 4, 3, 2, 1, 0.")]
    [InlineData("Count from twenty-one to twenty-three", "21, 22, 23.")]
    [InlineData("How do you spell ocean?", "ocean is spelled O, C, E, A, N.")]
    [InlineData("Spell the word héron", "héron is spelled H, É, R, O, N.")]
    [InlineData("What do you see?", "I have no picture yet. Press Camera, or send me one.")]
    [InlineData("[1.9 seconds of speech]", "I heard you speak for about 1.9 seconds, but no speech recognizer is configured here, so I do not know the words. Type your question and I will gladly answer it.")]
    [InlineData("[1.9 seconds of speech] what time is it", "It is 14:05 UTC.")]
    [InlineData("", Hello)]
    [InlineData("can you hear me", "Yes, I hear you. What can I do for you?")]
    [InlineData("um parley what time is it", "It is 14:05 UTC.")]
    [InlineData("okay", "All right. What else can I do for you?")]
    [InlineData("yes i am fine", "All right. What else can I do for you?")]
    [InlineData("what is two plus too", "That makes 4.")]
    [InlineData("for times ate", "That makes 32.")]
    [InlineData("what is a hundred divided by four", "That makes 25.")]
    [InlineData("what is seven times sex", "That makes 42.")]
    [InlineData("never mind", "All right, I will stop here.")]
    [InlineData("pardon", "I heard 'pardon'. Try 'what time is it' or 'tell me a joke'.")]
    [InlineData("read this to me", "I have no picture yet. Press Camera, or send me one.")]
    [InlineData("The cat sat on the mat", "I heard 'The cat sat on the mat'. Try 'what time is it' or 'tell me a joke'.")]
    public async Task Small_talk_and_simple_questions_are_answered(string said, string expected) =>
        Assert.Equal(expected, await Ask.Text(said));

    [Fact]
    public async Task Counting_stops_after_a_hundred_numbers()
    {
        var answer = await Ask.Text("count to 999999999");

        Assert.EndsWith(", 99, 100. I count at most 100 numbers at a time.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Durations_of_unrecognized_speech_are_added_up() =>
        Assert.Contains("about 3.5 seconds", await Ask.Text(Ask.User("[1.5 seconds of speech]"), Ask.User("[2.0 seconds of speech]")), StringComparison.Ordinal);

    [Theory]
    [InlineData("What did I say first?", "The first thing you said was: apples")]
    [InlineData("What did I just say?", "Just before this you said: pears")]
    [InlineData("Repeat that", "I heard pears.")]
    [InlineData("say that again please", "I heard pears.")]
    [InlineData("sorry what did you say", "I heard pears.")]
    [InlineData("pardon", "I heard pears.")]
    [InlineData("could you say that more slowly", "Slowly: I heard pears.")]
    public async Task Earlier_words_and_answers_are_recalled(string question, string expected) =>
        Assert.Equal(expected, await Ask.Text(
            Ask.User("apples"), Ask.Assistant("I heard apples."), Ask.User("pears"), Ask.Assistant("I heard pears."), Ask.User(question)));

    [Fact]
    public async Task A_slow_repetition_has_pauses() =>
        Assert.Equal("Slowly: All my rules, are in place, thank you. How, are you?", await Ask.Text(
            Ask.User("how are you"), Ask.Assistant("All my rules are in place, thank you. How are you?"), Ask.User("slower please")));

    [Fact]
    public async Task Every_request_for_a_joke_gets_another_one()
    {
        var first = await Ask.Text("tell me a joke");
        var second = await Ask.Text(Ask.User("tell me a joke"), Ask.Assistant(first), Ask.User("another joke please"));

        Assert.NotEqual(first, second);
        Assert.Equal(first, await Ask.Text("tell me a joke"));
    }

    [Fact]
    public async Task Recall_at_the_start_finds_nothing() =>
        Assert.Equal("You have not said anything before this.", await Ask.Text("what did I say first"));

    [Theory]
    [InlineData("Tell me a long story")]
    [InlineData("Explain in detail how rain works")]
    [InlineData("Talk for a while")]
    [InlineData("I went to the market and I bought some apples and some pears and then I met my aunt who told me about her garden and the roses and the bees that she keeps behind the shed near the river where we used to swim")]
    public async Task A_request_for_a_long_answer_gets_more_than_a_minute(string said)
    {
        var answer = await Ask.Text(said);

        Assert.True(answer.Split(". ").Length >= 20, answer);
        Assert.True(answer.Split(' ').Length > 180, answer);
        Assert.Equal(answer, await Ask.Text(said));
    }
}

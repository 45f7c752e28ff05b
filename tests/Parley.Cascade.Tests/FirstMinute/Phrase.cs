using System.Text.RegularExpressions;

namespace Parley.FirstMinute;

/// <summary>A phrase that a visitor says to the console, and what makes an answer useful.</summary>
/// <param name="Said">The phrase.</param>
/// <param name="Useful">A pattern of the answer, or of the function call as <c>name {json}</c>.</param>
internal sealed record Phrase(string Said, string Useful)
{
    /// <summary>The phrases that visitors of the console were given.</summary>
    public static IReadOnlyList<Phrase> Page { get; } =
    [
        new("Hello, how are you?", "rules are in place|^Hello!"),
        new("What can you do?", "^I can tell the time"),
        new("Tell me a joke", "microphone|silence|packet|zero|web socket"),
        new("What's the weather in Paris?", "cannot know the weather"),
        new("What is seven times six?", @"^That makes 42\."),
        new("Roll two dice.", """^roll_dice \{"count":2\}"""),
        new("Make the page green.", """^set_page_colour \{"colour":"green"\}"""),
        new("Count to twenty.", @"^1, 2, 3,.* 19, 20\."),
        new("How much is twelve plus thirty?", @"^That makes 42\."),
        new("What time is it?", @"^get_time \{\}|^It is \d\d:\d\d"),
        new("I had a long day at work and I am a little tired.", "^That sounds tiring"),
        new("Who wrote the book War and Peace?", "^I have no general knowledge"),
    ];

    /// <summary>Others of the same kinds, which no threshold was fitted to.</summary>
    public static IReadOnlyList<Phrase> Others { get; } =
    [
        new("Good morning.", "^Hello!"),
        new("Who are you?", "^I am Parley"),
        new("Tell me a long story.", "^In a harbour town"),
        new("What's the weather in London?", "cannot know the weather"),
        new("What is nine times eight?", @"^That makes 72\."),
        new("Roll three dice.", """^roll_dice \{"count":3\}"""),
        new("Turn the page yellow.", """^set_page_colour \{"colour":"yellow"\}"""),
        new("Count to fifteen.", @"^1, 2, 3,.* 14, 15\."),
        new("How much is eleven minus four?", @"^That makes 7\."),
        new("What day is it today?", @"^Today is|^get_time \{\}"),
        new("Are you a real person?", "^No, I am a program"),
        new("What is the capital of France?", "^I have no general knowledge"),
    ];

    /// <summary>Whether the answer does what was asked.</summary>
    public bool IsAnsweredBy(Heard heard) =>
        heard.Calls.Append(heard.Answer).Any(text => Regex.IsMatch(text, Useful, RegexOptions.CultureInvariant));
}

/// <summary>What was heard and answered in a turn.</summary>
/// <param name="Transcript">The words of the user.</param>
/// <param name="Calls">Function calls as <c>name {json}</c>.</param>
/// <param name="Answer">The words of the answer.</param>
internal sealed record Heard(string Transcript, IReadOnlyList<string> Calls, string Answer);


namespace Parley.Assistant.Languages;

/// <summary>Phrases a user says, in lower case and without punctuation, by what they ask for.</summary>
internal sealed record Triggers
{
    public required string[] Greeting { get; init; }

    public required string[] HowAreYou { get; init; }

    public required string[] Identity { get; init; }

    public required string[] Abilities { get; init; }

    public required string[] Time { get; init; }

    public required string[] Date { get; init; }

    public required string[] Tomorrow { get; init; }

    public required string[] Yesterday { get; init; }

    public required string[] Image { get; init; }

    public required string[] Thanks { get; init; }

    public required string[] Goodbye { get; init; }

    public required string[] Stop { get; init; }

    /// <summary>At the start of an utterance; the text after them is repeated.</summary>
    public required string[] Repeat { get; init; }

    /// <summary>Words after <see cref="Repeat"/> that mean the last answer.</summary>
    public required string[] RepeatLast { get; init; }

    public required string[] Spell { get; init; }

    public required string[] Count { get; init; }

    public required string[] CountDown { get; init; }

    public required string[] SaidFirst { get; init; }

    public required string[] SaidLast { get; init; }

    public required string[] Long { get; init; }

    public required string[] Story { get; init; }

    /// <summary>Openings of a sum that are not part of it.</summary>
    public required string[] Calculate { get; init; }

    /// <summary>Polite openings that are skipped.</summary>
    public required string[] Please { get; init; }

    /// <summary>Said alone, they ask for the last answer again.</summary>
    public required string[] Pardon { get; init; }

    public required string[] Slower { get; init; }

    public required string[] Joke { get; init; }

    public required string[] HearMe { get; init; }

    /// <summary>Said alone, they ask for nothing.</summary>
    public required string[] Feedback { get; init; }

    /// <summary>Ask for the words in the last picture.</summary>
    public required string[] Read { get; init; }

    /// <summary>Ask whether it is a person.</summary>
    public required string[] Human { get; init; }

    /// <summary>Ask for its age, home, maker or taste.</summary>
    public required string[] Personal { get; init; }

    public required string[] Tired { get; init; }

    public required string[] Sad { get; init; }

    public required string[] Happy { get; init; }

    public required string[] Bored { get; init; }

    public required string[] Weather { get; init; }

    /// <summary>At the start of an utterance, they ask for a fact.</summary>
    public required string[] Knowledge { get; init; }

    /// <summary>At the start of an utterance, they ask for an action.</summary>
    public required string[] Action { get; init; }
}

using System.Globalization;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>Questions that are recognized by a phrase and answered with one sentence.</summary>
internal static class SmallTalkIntents
{
    /// <summary>In a longer utterance, a greeting or a thank-you is not the intent.</summary>
    private const int MaxPoliteWords = 8;

    private const int MaxMoodWords = 25;

    private static readonly string[] Self = ["i", "i'm", "i've", "i'd", "my", "me", "it's", "what a", "so bored"];

    public static string? Time(TurnContext turn) =>
        Hears(turn, triggers => triggers.Time)
            ? turn.Phrases.Time.With(turn.Now.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture))
            : null;

    public static string? Date(TurnContext turn)
    {
        if (!Hears(turn, triggers => triggers.Date))
            return null;
        var (days, phrase) = Hears(turn, triggers => triggers.Tomorrow) ? (1, turn.Phrases.DateTomorrow)
            : Hears(turn, triggers => triggers.Yesterday) ? (-1, turn.Phrases.DateYesterday)
            : (0, turn.Phrases.Date);
        var (day, vocabulary) = (turn.Now.UtcDateTime.AddDays(days), turn.Language.Vocabulary);
        return phrase.With(vocabulary.Weekdays[(int)day.DayOfWeek], day.Day, vocabulary.Months[day.Month - 1], day.Year);
    }

    public static string? Identity(TurnContext turn) =>
        Hears(turn, triggers => triggers.Identity) ? turn.Phrases.Identity.With(turn.Persona.Name) : null;

    public static string? Human(TurnContext turn) => Hears(turn, triggers => triggers.Human) ? turn.Phrases.NotHuman : null;

    public static string? Personal(TurnContext turn) =>
        turn.Heard.Words.Count <= MaxMoodWords && Hears(turn, triggers => triggers.Personal) ? turn.Phrases.NothingPersonal : null;

    /// <summary>"I had a long day": a sentence of sympathy. Only for what the speaker says of themselves.</summary>
    public static string? Mood(TurnContext turn)
    {
        if (turn.Heard.Words.Count > MaxMoodWords || (turn.Language == English.Language && !turn.Heard.HasAny(Self)))
            return null;
        return Hears(turn, triggers => triggers.Tired) ? turn.Phrases.Tired
            : Hears(turn, triggers => triggers.Sad) ? turn.Phrases.Sad
            : Hears(turn, triggers => triggers.Happy) ? turn.Phrases.Happy
            : Hears(turn, triggers => triggers.Bored) ? turn.Phrases.Bored
            : null;
    }

    public static string? HowAreYou(TurnContext turn) => Hears(turn, triggers => triggers.HowAreYou) ? turn.Phrases.HowAreYou : null;

    public static string? Abilities(TurnContext turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.Abilities) ? turn.Phrases.Abilities : null;

    public static string? HearMe(TurnContext turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.HearMe) ? turn.Phrases.HearMe : null;

    /// <summary>"Okay", "great", "no": nothing was asked, so a question gives the turn back.</summary>
    public static string? Feedback(TurnContext turn) =>
        CommandPrefix.IsAll(turn, triggers => triggers.Feedback) ? turn.Phrases.Acknowledge : null;

    /// <summary>The next joke of the list for each request.</summary>
    public static string? Joke(TurnContext turn)
    {
        if (!Hears(turn, triggers => triggers.Joke))
            return null;
        var count = turn.Tail.EarlierTexts().Count(text => new Utterance(text).HasAny(turn.Language.Listen(triggers => triggers.Joke)));
        return turn.Phrases.Jokes[count % turn.Phrases.Jokes.Length];
    }

    public static string? Thanks(TurnContext turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.Thanks) ? turn.Phrases.Thanks : null;

    public static string? Goodbye(TurnContext turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.Goodbye) ? turn.Phrases.Goodbye : null;

    /// <summary>Only at the start: "the bus stop" is not a request to stop.</summary>
    public static string? Stop(TurnContext turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && CommandPrefix.After(turn, triggers => triggers.Stop) > 0 ? turn.Phrases.Stop : null;

    public static string? Greeting(TurnContext turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && turn.Heard.StartsWithAny(turn.Language.Listen(triggers => triggers.Greeting))
            ? Greet(turn)
            : null;

    /// <summary>The greeting of the system instruction, else the default one.</summary>
    public static string Greet(TurnContext turn) => turn.Persona.Greeting ?? turn.Phrases.Greeting.With(turn.Persona.Name);

    private static bool Hears(TurnContext turn, Func<Triggers, string[]> choose) => turn.Heard.HasAny(turn.Language.Listen(choose));
}

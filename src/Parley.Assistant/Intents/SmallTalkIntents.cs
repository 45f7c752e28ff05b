using System.Globalization;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;
using Parley.Server.Storage;

namespace Parley.Assistant.Intents;

/// <summary>Questions that one phrase recognizes and one sentence answers.</summary>
internal static class SmallTalkIntents
{
    /// <summary>A greeting or a thank-you in a longer text is an ornament; the rest is what was meant.</summary>
    private const int MaxPoliteWords = 8;

    public static string? Time(RuleTurn turn) =>
        Hears(turn, triggers => triggers.Time)
            ? turn.Phrases.Time.With(turn.Now.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture))
            : null;

    public static string? Date(RuleTurn turn)
    {
        if (!Hears(turn, triggers => triggers.Date))
        {
            return null;
        }

        var (now, vocabulary) = (turn.Now.UtcDateTime, turn.Language.Vocabulary);
        return turn.Phrases.Date.With(vocabulary.Weekdays[(int)now.DayOfWeek], now.Day, vocabulary.Months[now.Month - 1], now.Year);
    }

    public static string? Identity(RuleTurn turn) =>
        Hears(turn, triggers => triggers.Identity) ? turn.Phrases.Identity.With(turn.Persona.Name) : null;

    public static string? HowAreYou(RuleTurn turn) => Hears(turn, triggers => triggers.HowAreYou) ? turn.Phrases.HowAreYou : null;

    public static string? Abilities(RuleTurn turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.Abilities) ? turn.Phrases.Abilities : null;

    public static string? HearMe(RuleTurn turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.HearMe) ? turn.Phrases.HearMe : null;

    /// <summary>"Okay", "great", "no": nothing was asked, so the floor goes back with a question.</summary>
    public static string? Feedback(RuleTurn turn) => Openings.IsAll(turn, triggers => triggers.Feedback) ? turn.Phrases.Acknowledge : null;

    /// <summary>The next joke of the list, each time one is asked for.</summary>
    public static string? Joke(RuleTurn turn)
    {
        if (!Hears(turn, triggers => triggers.Joke))
        {
            return null;
        }

        var told = turn.Tail.EarlierTexts().Count(text => new Utterance(text).HasAny(turn.Language.Listen(triggers => triggers.Joke)));
        return turn.Phrases.Jokes[told % turn.Phrases.Jokes.Length];
    }

    public static string? Thanks(RuleTurn turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.Thanks) ? turn.Phrases.Thanks : null;

    public static string? Goodbye(RuleTurn turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Hears(turn, triggers => triggers.Goodbye) ? turn.Phrases.Goodbye : null;

    /// <summary>Only at the start: "the bus stop" asks nobody to stop.</summary>
    public static string? Stop(RuleTurn turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && Openings.After(turn, triggers => triggers.Stop) > 0 ? turn.Phrases.Stop : null;

    public static string? Greeting(RuleTurn turn) =>
        turn.Heard.Words.Count <= MaxPoliteWords && turn.Heard.StartsWithAny(turn.Language.Listen(triggers => triggers.Greeting)) ? Greet(turn) : null;

    /// <summary>The greeting the system instruction asks for, else our own.</summary>
    public static string Greet(RuleTurn turn) => turn.Persona.Greeting ?? turn.Phrases.Greeting.With(turn.Persona.Name);

    private static bool Hears(RuleTurn turn, Func<Triggers, string[]> choose) => turn.Heard.HasAny(turn.Language.Listen(choose));
}

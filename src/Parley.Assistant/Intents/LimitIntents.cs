using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>Answers what the assistant cannot know or do: the weather, facts, and actions without a declared function.</summary>
internal static class LimitIntents
{
    private const int MaxWords = 25;

    private static readonly string[] Questions =
    [
        "what", "what's", "how", "how's", "is", "will", "do", "does", "tell", "show", "give", "get", "weather", "when", "should", "whats", "can", "whatsoever",
    ];

    /// <summary>"What is the weather in Paris": no declared function matched, or it would have been called.</summary>
    public static string? Weather(TurnContext turn)
    {
        var (heard, language) = (turn.Heard, turn.Language);
        if (heard.Words.Count > MaxWords)
            return null;
        var asks = heard.HasAny(language.Triggers.Weather) && language != English.Language
            || (heard.HasAny(English.Language.Triggers.Weather)
                && (heard.Text.Contains('?', StringComparison.Ordinal) || CommandPrefix.After(turn, _ => Questions) > 0));
        return asks ? turn.Phrases.NoWeather : null;
    }

    public static string? Knowledge(TurnContext turn) =>
        turn.Heard.Words.Count is > 1 and <= MaxWords && CommandPrefix.After(turn, triggers => triggers.Knowledge) > 0
            ? turn.Phrases.NoKnowledge.With(Suggestions.For(turn).First)
            : null;

    public static string? Action(TurnContext turn) =>
        turn.Heard.Words.Count is > 1 and <= MaxWords && CommandPrefix.After(turn, triggers => triggers.Action) > 0
            ? turn.Phrases.NoAction.With(Suggestions.For(turn).First)
            : null;
}

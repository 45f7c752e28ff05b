using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>"What did I say first?" and "what did I just say?", as far back as the assistant looks.</summary>
internal static class RecallIntent
{
    public static string? Answer(TurnContext turn)
    {
        var (heard, language, phrases) = (turn.Heard, turn.Language, turn.Phrases);
        if (heard.HasAny(language.Listen(triggers => triggers.SaidFirst)))
        {
            return turn.Tail.EarlierTexts().LastOrDefault() is { } first
                ? (turn.Tail.ReachesStart ? phrases.SaidFirst : phrases.EarliestKnown).With(Quote(first))
                : phrases.NothingSaid;
        }
        if (heard.HasAny(language.Listen(triggers => triggers.SaidLast)))
            return turn.Tail.EarlierTexts().FirstOrDefault() is { } last ? phrases.SaidLast.With(Quote(last)) : phrases.NothingSaid;
        return null;
    }

    private static string Quote(string text) => Utterance.Abbreviate(Utterance.Clean(text).Trim());
}

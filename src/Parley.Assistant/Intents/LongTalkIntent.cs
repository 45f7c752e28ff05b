using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>
/// Talks for more than a minute on request, so that there is something to interrupt. The text is English in every language.
/// </summary>
internal static class LongTalkIntent
{
    /// <summary>A request with more words than this gets a long answer.</summary>
    private const int LongRequestWords = 40;

    public static string? AnswerLongRequest(TurnContext turn) => turn.Heard.Words.Count > LongRequestWords ? Talk(turn) : null;

    public static string? Answer(TurnContext turn)
    {
        if (turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Story)))
            return LongTexts.Story;
        return turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Long)) ? Talk(turn) : null;
    }

    private static string Talk(TurnContext turn) =>
        $"You said: {Utterance.Abbreviate(turn.Heard.Text.ReplaceLineEndings(" "), 80).TrimEnd('.', '!', '?')}. {LongTexts.Talk}";
}

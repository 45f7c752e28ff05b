using Parley.Assistant.Languages;
using Parley.Assistant.Rules;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Intents;

/// <summary>
/// Talks for more than a minute when that is asked for, so that there is something to interrupt. The prose is English
/// in every language.
/// </summary>
internal static class LongTalkIntent
{
    /// <summary>Who says more than this wants more than a sentence back.</summary>
    private const int LongRequestWords = 40;

    public static string? AnswerLongRequest(RuleTurn turn) => turn.Heard.Words.Count > LongRequestWords ? Talk(turn) : null;

    public static string? Answer(RuleTurn turn)
    {
        if (turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Story)))
        {
            return LongProse.Story;
        }

        return turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Long)) ? Talk(turn) : null;
    }

    private static string Talk(RuleTurn turn) =>
        $"You said: {Utterance.Abbreviate(turn.Heard.Text.ReplaceLineEndings(" "), 80).TrimEnd('.', '!', '?')}. {LongProse.Talk}";
}

using System.Globalization;
using Parley.Assistant.Images;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>Answers a turn without words: unrecognized speech, an image alone, or nothing at all.</summary>
internal static class SilenceIntents
{
    public static string? Answer(TurnContext turn)
    {
        if (!turn.Heard.IsEmpty)
            return null;
        if (turn.SpeechSeconds > 0)
        {
            var seconds = turn.SpeechSeconds.ToString("0.#", CultureInfo.InvariantCulture)
                .Replace('.', turn.Language.Vocabulary.DecimalSeparator);
            return turn.Phrases.SpeechWithoutWords.With(seconds);
        }
        return turn.Tail.HasFreshImage ? ImageReport.Describe(turn.Tail.LastImages(), turn.Language)
            : turn.Tail.AssistantHasSpoken ? turn.Phrases.NothingHeard
            : SmallTalkIntents.Greet(turn);
    }
}

using System.Globalization;
using System.Text;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>Spells a word or a few, letter by letter.</summary>
internal static class SpellingIntent
{
    private const int MaxLetters = 60;

    public static string? Answer(TurnContext turn)
    {
        var start = CommandPrefix.After(turn, triggers => triggers.Spell);
        if (start < 0 || start >= turn.Heard.Words.Count)
            return null;
        var words = turn.Heard.TextFrom(start).TrimEnd('?', '.', '!', '"', '”', ' ');
        var letters = words.EnumerateRunes().Where(Rune.IsLetterOrDigit).Take(MaxLetters)
            .Select(rune => Rune.ToUpper(rune, CultureInfo.InvariantCulture).ToString()).ToArray();
        return letters.Length == 0 ? null : turn.Phrases.Spelling.With(Utterance.Abbreviate(words, MaxLetters), string.Join(", ", letters));
    }
}

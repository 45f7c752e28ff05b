using Parley.Server.Brains.Scripted;

namespace Parley.Server.Brains.Intents;

/// <summary>"Repeat after me …" and "say …": says the words back. "Repeat that": says the last answer again.</summary>
internal static class RepeatIntent
{
    /// <summary>Five minutes of speech.</summary>
    private const int MaxLength = 4_000;

    public static string? Answer(ScriptTurn turn)
    {
        var start = Openings.After(turn, triggers => triggers.Repeat);
        if (start < 0)
        {
            return null;
        }

        var words = turn.Heard.TextFrom(start);
        var rest = new Utterance(words);
        var meansLast = rest.Words.Count == 0
            || turn.Language.Listen(triggers => triggers.RepeatLast).Any(phrase => rest.After(phrase) == rest.Words.Count);
        return meansLast ? turn.Tail.LastAnswer is { Length: > 0 } last ? last : null : Utterance.Abbreviate(words, MaxLength);
    }
}

using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>"Repeat after me …" and "say …": says the words back. "Repeat that": says the last answer again.</summary>
internal static class RepeatIntent
{
    /// <summary>Five minutes of speech.</summary>
    private const int MaxLength = 4_000;

    /// <summary>A longer utterance with "slower" in it asks for something else.</summary>
    private const int MaxSlowerWords = 8;

    private const int WordsBetweenPauses = 3;

    public static string? Answer(TurnContext turn)
    {
        if (Slower(turn) is { } slow)
            return slow;
        var start = CommandPrefix.After(turn, triggers => triggers.Repeat);
        if (start < 0)
            return null;
        var words = turn.Heard.TextFrom(start);
        var rest = new Utterance(words);
        var meansLast = rest.Words.Count == 0
            || turn.Language.Listen(triggers => triggers.RepeatLast).Any(phrase =>
                rest.After(phrase) is var end and > 0 && rest.Words.Skip(end).All(word => word.Lower is "please" or "bitte" or "parley"));
        return meansLast ? turn.Tail.LastAnswer is { Length: > 0 } last ? last : null : Utterance.Abbreviate(words, MaxLength);
    }

    /// <summary>"Pardon?" and "what did you say?": the last answer again.</summary>
    public static string? Pardon(TurnContext turn) =>
        turn.Tail.LastAnswer is { Length: > 0 } last && CommandPrefix.IsAll(turn, triggers => triggers.Pardon) ? last : null;

    /// <summary>
    /// "Slower, please": the last answer again with pauses. The speaking rate itself is set by the session and does not change.
    /// </summary>
    public static string? Slower(TurnContext turn)
    {
        var asks = turn.Heard.Words.Count <= MaxSlowerWords && turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.Slower));
        return asks && turn.Tail.LastAnswer is { Length: > 0 } last ? turn.Phrases.Slowly.With(WithPauses(last)) : null;
    }

    private static string WithPauses(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var pieces = words.Select((word, i) =>
            (i + 1) % WordsBetweenPauses == 0 && i + 1 < words.Length && char.IsLetterOrDigit(word[^1]) ? word + "," : word);
        return string.Join(' ', pieces);
    }
}

using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>Finds a command at the start of what was said, after any polite words: "could you please spell …".</summary>
internal static class CommandPrefix
{
    /// <summary>Index of the first word after the command, or -1. The longest phrase wins.</summary>
    public static int After(TurnContext turn, Func<Triggers, string[]> choose) => Longest(turn, choose, AfterPolite(turn));

    /// <summary>Whether nothing but the command was said, apart from polite words before and after it.</summary>
    public static bool IsAll(TurnContext turn, Func<Triggers, string[]> choose) =>
        new[] { 0, AfterPolite(turn) }.Any(start => turn.Language.Listen(choose)
            .Any(phrase => turn.Heard.After(phrase, start) is var end and > 0
                && turn.Heard.Words.Skip(end).All(word => word.Lower is "please" or "parley" or "bitte")));

    private static int AfterPolite(TurnContext turn)
    {
        var (start, skipped) = (0, true);
        while (skipped)
        {
            var next = Longest(turn, triggers => triggers.Please, start);
            skipped = next > start;
            start = skipped ? next : start;
        }
        return start;
    }

    private static int Longest(TurnContext turn, Func<Triggers, string[]> choose, int from) =>
        turn.Language.Listen(choose).Max(phrase => turn.Heard.After(phrase, from));
}

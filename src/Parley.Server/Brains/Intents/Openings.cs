using Parley.Server.Brains.Languages;
using Parley.Server.Brains.Scripted;

namespace Parley.Server.Brains.Intents;

/// <summary>Finds a command at the start of what was said, behind any politeness: "could you please spell …".</summary>
internal static class Openings
{
    /// <summary>Index of the first word behind the command, or -1. The longest phrase wins.</summary>
    public static int After(ScriptTurn turn, Func<Triggers, string[]> choose)
    {
        var (start, skipped) = (0, true);
        while (skipped)
        {
            var next = Longest(turn, triggers => triggers.Please, start);
            skipped = next > start;
            start = skipped ? next : start;
        }

        return Longest(turn, choose, start);
    }

    private static int Longest(ScriptTurn turn, Func<Triggers, string[]> choose, int from) =>
        turn.Language.Listen(choose).Max(phrase => turn.Heard.After(phrase, from));
}

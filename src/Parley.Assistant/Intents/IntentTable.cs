using Parley.Assistant.Languages;
using Parley.Assistant.Rules;
using Parley.Cascade.Answering;
using Parley.Server.Storage;

namespace Parley.Assistant.Intents;

/// <summary>Answers when it understands what was said, otherwise returns null and the next intent is asked.</summary>
internal delegate string? Intent(RuleTurn turn);

/// <summary>What the script understands, in the order it is tried. The narrow come first, politeness comes last.</summary>
internal static class IntentTable
{
    public static IReadOnlyList<(string Name, Intent Answer)> All { get; } =
    [
        ("silence", SilenceIntents.Answer),
        ("pardon", RepeatIntent.Pardon),
        ("slower", RepeatIntent.Slower),
        ("long request", LongTalkIntent.AnswerLongRequest),
        ("long answer", LongTalkIntent.Answer),
        ("spelling", SpellingIntent.Answer),
        ("counting", CountingIntent.Answer),
        ("recall", RecallIntent.Answer),
        ("arithmetic", ArithmeticIntent.Answer),
        ("reading", ReadingIntent.Answer),
        ("image", ImageIntent.Answer),
        ("time", SmallTalkIntents.Time),
        ("date", SmallTalkIntents.Date),
        ("identity", SmallTalkIntents.Identity),
        ("how are you", SmallTalkIntents.HowAreYou),
        ("hear me", SmallTalkIntents.HearMe),
        ("joke", SmallTalkIntents.Joke),
        ("abilities", SmallTalkIntents.Abilities),
        ("stop", SmallTalkIntents.Stop),
        ("thanks", SmallTalkIntents.Thanks),
        ("goodbye", SmallTalkIntents.Goodbye),
        ("greeting", SmallTalkIntents.Greeting),
        ("feedback", SmallTalkIntents.Feedback),
    ];

    public static string Answer(RuleTurn turn)
    {
        foreach (var (_, answer) in All)
        {
            if (answer(turn) is { } text)
            {
                return text;
            }
        }

        return Fallback(turn);
    }

    /// <summary>Whether an answer to our own question is none, but a wish to stop, to hear it again, or another question.</summary>
    public static bool AsksSomethingElse(RuleTurn turn) =>
        new Intent[] { SmallTalkIntents.Stop, RepeatIntent.Pardon, RepeatIntent.Slower, RepeatIntent.Answer, SmallTalkIntents.Time, SmallTalkIntents.Date, SmallTalkIntents.Identity, SmallTalkIntents.Abilities }
            .Any(intent => intent(turn) is not null);

    private static string Fallback(RuleTurn turn)
    {
        var quoted = Utterance.Abbreviate(turn.Heard.Text);
        return turn.Phrases.Fallback.With(quoted is [.., '.' or '!' or '?' or '…'] ? quoted : quoted + ".");
    }
}

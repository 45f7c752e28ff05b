using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>Returns an answer if it matches what was said, otherwise null: the next intent is tried.</summary>
internal delegate string? Intent(TurnContext turn);

/// <summary>All intents of the built-in assistant, in the order in which they are tried: specific ones first, small talk last.</summary>
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
        ("human", SmallTalkIntents.Human),
        ("identity", SmallTalkIntents.Identity),
        ("how are you", SmallTalkIntents.HowAreYou),
        ("hear me", SmallTalkIntents.HearMe),
        ("joke", SmallTalkIntents.Joke),
        ("abilities", SmallTalkIntents.Abilities),
        ("personal", SmallTalkIntents.Personal),
        ("mood", SmallTalkIntents.Mood),
        ("weather", LimitIntents.Weather),
        ("stop", SmallTalkIntents.Stop),
        ("thanks", SmallTalkIntents.Thanks),
        ("goodbye", SmallTalkIntents.Goodbye),
        ("greeting", SmallTalkIntents.Greeting),
        ("feedback", SmallTalkIntents.Feedback),
        ("action", LimitIntents.Action),
        ("knowledge", LimitIntents.Knowledge),
    ];

    public static string Answer(TurnContext turn)
    {
        foreach (var (_, answer) in All)
        {
            if (answer(turn) is { } text)
                return text;
        }
        return Fallback(turn);
    }

    /// <summary>Whether the reply to our own question is not an answer but a request to stop or repeat, or another question.</summary>
    public static bool AsksSomethingElse(TurnContext turn) =>
        new Intent[]
        {
            SmallTalkIntents.Stop, RepeatIntent.Pardon, RepeatIntent.Slower, RepeatIntent.Answer,
            SmallTalkIntents.Time, SmallTalkIntents.Date, SmallTalkIntents.Identity, SmallTalkIntents.Abilities,
        }.Any(intent => intent(turn) is not null);

    /// <summary>Most characters of what was heard that the fallback repeats; it is to be short.</summary>
    private const int MaxRepeated = 60;

    private static string Fallback(TurnContext turn)
    {
        var (first, second) = Suggestions.For(turn);
        var heard = Utterance.Abbreviate(turn.Heard.Text.ReplaceLineEndings(" "), MaxRepeated).TrimEnd('.', '!', '?', ' ');
        return turn.Phrases.Fallback.With(heard, first, second);
    }
}

namespace Parley.Assistant.Languages;

/// <summary>
/// A language of the built-in assistant: the phrases it recognizes, the sentences it says, and its words for colours, dates and sums.
/// </summary>
internal sealed record Language(string Code, Triggers Triggers, Phrases Phrases, Vocabulary Vocabulary)
{
    /// <summary>The phrases recognized in this language: its own, and the English ones.</summary>
    public IEnumerable<string> Listen(Func<Triggers, string[]> choose) =>
        this == English.Language ? choose(Triggers) : choose(Triggers).Concat(choose(English.Language.Triggers));
}

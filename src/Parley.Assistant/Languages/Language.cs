namespace Parley.Assistant.Languages;

/// <summary>A language the script can answer in: what it listens for, what it says, and its words for colours, dates and sums.</summary>
internal sealed record Language(string Code, Triggers Triggers, Phrases Phrases, Vocabulary Vocabulary)
{
    /// <summary>What is understood in any language: English, and the language spoken when it is another.</summary>
    public IEnumerable<string> Listen(Func<Triggers, string[]> choose) =>
        this == English.Language ? choose(Triggers) : choose(Triggers).Concat(choose(English.Language.Triggers));
}

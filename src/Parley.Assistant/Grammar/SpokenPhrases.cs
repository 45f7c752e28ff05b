using Microsoft.Extensions.AI;
using Parley.Assistant.Functions;
using Parley.Assistant.Languages;
using Parley.Cascade;
using Parley.Protocol;

namespace Parley.Assistant.Grammar;

/// <summary>
/// Phrases that a user is likely to say: questions that the built-in assistant can answer (if it is the chat model), requests for the
/// declared functions, and values alone that answer a question for an argument. A recognizer with a grammar is far more accurate for these.
/// </summary>
/// <param name="chatModel">Chat model of the session.</param>
/// <remarks>
/// Only lower-case letters and JSGF operators, numbers as words. English only: recognizers of other languages accept no grammar.
/// </remarks>
internal sealed class SpokenPhrases(IChatClient chatModel) : ISpokenPhrases
{
    /// <summary>The recognizer accepts no longer phrases and no more words than this. The most important phrases come first.</summary>
    private const int MaxLength = 1_000;
    private const int MaxParts = 400;
    private const int MaxWords = 4_800;

    private static readonly string[] AssistantQuestions = [.. AssistantPhrases()];

    private readonly bool _isBuiltInAssistant = chatModel.GetService<RuleBasedChatClient>() is not null;

    public IReadOnlyList<string> PhrasesFor(IReadOnlyList<FunctionDeclaration> functions, string? language)
    {
        ArgumentNullException.ThrowIfNull(functions);
        if (language is not null && !language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            return [];
        var words = 0;
        return [.. functions.Select(FunctionShape.From).SelectMany(FunctionPhrases.Of)
            .Concat(_isBuiltInAssistant ? AssistantQuestions : []).Distinct()
            .Where(phrase => phrase.Length <= MaxLength && Parts(phrase) <= MaxParts && (words += Words(phrase)) <= MaxWords)];
    }

    private static IEnumerable<string> AssistantPhrases()
    {
        var triggers = English.Language.Triggers;
        const string Polite = "[please | could you | can you]";
        const string Number = SpokenValues.Number;
        string[] whole =
        [
            .. triggers.Greeting, .. triggers.HowAreYou, .. triggers.Identity, .. triggers.Abilities,
            .. triggers.Thanks, .. triggers.Goodbye, .. triggers.Stop,
            .. triggers.Pardon, .. triggers.HearMe, .. triggers.Feedback, .. triggers.SaidFirst, .. triggers.SaidLast, .. triggers.Read,
            "what time is it", "what is the time", "what day is it [today]", "what is the date [today]",
            "what do you see", "what can you see", "what color is it", "slower", "more slowly", "say that again", "repeat that",
        ];
        foreach (var phrase in whole.Where(phrase => SpokenForm.IsPlain(phrase.Replace("[today]", "today", StringComparison.Ordinal))).Distinct())
            yield return $"{phrase} [please | parley]";
        yield return $"{Polite} tell me (the time | the date | a joke | another joke | a story | a long story | another story)";
        yield return $"{Polite} (repeat | say) (that | that again | it again | the last sentence) [slower]";
        yield return $"[and] (what is | how much is | calculate) {Number} (plus | minus | times | divided by | multiplied by) {Number}";
        yield return $"{Polite} count (to | down from) {Number}";
        yield return $"{Polite} count from {Number} to {Number}";
        yield return $"{Polite} talk for a while";
    }

    private static int Words(string phrase) => phrase.Split([' ', '(', ')', '[', ']', '|'], StringSplitOptions.RemoveEmptyEntries).Length;

    private static int Parts(string phrase) => Words(phrase) + phrase.Count(character => character is '(' or ')' or '[' or ']' or '|');
}

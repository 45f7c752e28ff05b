using Microsoft.Extensions.AI;
using Parley.Assistant.Functions;
using Parley.Assistant.Languages;
using Parley.Cascade;
using Parley.Protocol;
using Parley.Server.Storage;

namespace Parley.Assistant.Grammar;

/// <summary>
/// What a user is likely to say: questions the scripted brain knows where it is the brain, requests for the declared functions, and bare
/// values that answer a question for an argument. A recognizer with a grammar understands these far better than anything else.
/// </summary>
/// <param name="brain">Answers; only the script's own questions are known.</param>
/// <remarks>Only plain lower-case letters between the signs of JSGF, numbers as words. English alone: no other recognizer takes a grammar.</remarks>
internal sealed class SpokenPhrases(IChatClient brain) : ISpokenPhrases
{
    /// <summary>Longer phrases, and more words than this, are not taken by the recognizer. What comes first matters most.</summary>
    private const int MaxLength = 1_000;
    private const int MaxParts = 400;
    private const int MaxWords = 4_800;

    private static readonly string[] Script = [.. ScriptPhrases()];

    private readonly bool isScripted = brain.GetService<RuleBasedChatClient>() is not null;

    public IReadOnlyList<string> PhrasesFor(IReadOnlyList<FunctionDeclaration> functions, string? language)
    {
        ArgumentNullException.ThrowIfNull(functions);
        if (language is not null && !language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var words = 0;
        return [.. functions.Select(FunctionShape.From).SelectMany(FunctionPhrases.Of).Concat(isScripted ? Script : []).Distinct()
            .Where(phrase => phrase.Length <= MaxLength && Parts(phrase) <= MaxParts && (words += Words(phrase)) <= MaxWords)];
    }

    private static IEnumerable<string> ScriptPhrases()
    {
        var triggers = English.Language.Triggers;
        const string Polite = "[please | could you | can you]";
        const string Number = SpokenValues.Number;
        string[] whole =
        [
            .. triggers.Greeting, .. triggers.HowAreYou, .. triggers.Identity, .. triggers.Abilities, .. triggers.Thanks, .. triggers.Goodbye, .. triggers.Stop,
            .. triggers.Pardon, .. triggers.HearMe, .. triggers.Feedback, .. triggers.SaidFirst, .. triggers.SaidLast, .. triggers.Read,
            "what time is it", "what is the time", "what day is it [today]", "what is the date [today]",
            "what do you see", "what can you see", "what color is it", "slower", "more slowly", "say that again", "repeat that",
        ];
        foreach (var phrase in whole.Where(phrase => SpokenWords.ArePlain(phrase.Replace("[today]", "today", StringComparison.Ordinal))).Distinct())
        {
            yield return $"{phrase} [please | parley]";
        }

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

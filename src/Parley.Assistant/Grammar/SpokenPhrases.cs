using Microsoft.Extensions.AI;
using Parley.Assistant.Functions;
using Parley.Cascade;
using Parley.Protocol;

namespace Parley.Assistant.Grammar;

/// <summary>
/// Phrases that a user is likely to say: questions that the built-in assistant can answer (if it is the chat model), requests for the
/// declared functions, and values alone that answer a question for an argument. A recognizer with a grammar is far more accurate for these.
/// </summary>
/// <param name="chatModel">Chat model of the session.</param>
/// <remarks>
/// Only lower-case letters, apostrophes and JSGF operators, numbers as words. English only: recognizers of other languages accept no grammar.
/// </remarks>
internal sealed class SpokenPhrases(IChatClient chatModel) : ISpokenPhrases
{
    /// <summary>The recognizer accepts no longer phrases and no more words than this. The most important phrases come first.</summary>
    private const int MaxLength = 1_000;
    private const int MaxParts = 400;
    private const int MaxWords = 4_800;

    private static readonly string[] AssistantQuestions = [.. AssistantPhrases.All()];

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

    private static int Words(string phrase) => phrase.Split([' ', '(', ')', '[', ']', '|'], StringSplitOptions.RemoveEmptyEntries).Length;

    private static int Parts(string phrase) => Words(phrase) + phrase.Count(character => character is '(' or ')' or '[' or ']' or '|');
}

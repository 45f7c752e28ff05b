using System.Collections.Concurrent;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Arithmetic;

/// <summary>The words of sums in one language and in English; cached, because every turn is checked for a sum.</summary>
internal sealed class SumLexicon
{
    private static readonly ConcurrentDictionary<string, SumLexicon> Known = new();

    private SumLexicon(Language language)
    {
        Vocabulary[] vocabularies = language == English.Language
            ? [language.Vocabulary]
            : [language.Vocabulary, English.Language.Vocabulary];
        DecimalSeparator = language.Vocabulary.DecimalSeparator;
        Numbers = new NumberWords(vocabularies);
        Operators = [.. vocabularies.SelectMany(vocabulary => vocabulary.Operators)
            .Select(entry => (entry.Words.Split(' '), entry.Sign)).OrderByDescending(entry => entry.Item1.Length)];
        Fillers = [.. language.Listen(triggers => triggers.Calculate).Concat(language.Listen(triggers => triggers.Please))
            .SelectMany(phrase => phrase.Split(' '))];
    }

    public char DecimalSeparator { get; }

    public NumberWords Numbers { get; }

    /// <summary>Spoken operators, the longest first.</summary>
    public (string[] Words, char Sign)[] Operators { get; }

    /// <summary>Words that may surround a sum: "what is … please".</summary>
    public HashSet<string> Fillers { get; }

    public static SumLexicon Of(Language language) => Known.GetOrAdd(language.Code, static (_, found) => new SumLexicon(found), language);
}

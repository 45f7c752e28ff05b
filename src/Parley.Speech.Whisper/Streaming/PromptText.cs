using System.Buffers;
using System.Text;

namespace Parley.Speech.Whisper.Streaming;

/// <summary>Makes Whisper's prompt of expected phrases: one sentence for each, then the words of their alternatives.</summary>
/// <remarks>A prompt reads like text that came before. It takes time for each token, and Whisper keeps only its end, so it is short.</remarks>
internal static class PromptText
{
    /// <summary>About 110 tokens; Whisper accepts 223.</summary>
    public const int MaxLength = 440;

    // More than this is a grammar of everything, such as that of the built-in assistant, whose words Whisper knows.
    private const int MaxSentences = 24;

    private static readonly SearchValues<char> Operators = SearchValues.Create("()[]|<>*+");

    /// <summary>The prompt of an utterance.</summary>
    /// <param name="phrases">Right-hand sides of JSGF rules, or plain phrases; the last ones are the vocabulary of the client.</param>
    public static string From(IReadOnlyList<string> phrases)
    {
        // The vocabulary of the client comes last in the list, and what is last in the prompt weighs most.
        var plain = phrases.Where(static phrase => !IsRule(phrase)).TakeLast(MaxSentences);
        var rules = phrases.Where(IsRule).Take(MaxSentences).Select(First);
        var sentences = new List<string>();
        var length = 0;
        foreach (var sentence in plain.Reverse().Concat(rules).Select(static text => text.Trim()).Where(static text => text.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if ((length += sentence.Length + 2) > MaxLength)
                break;
            sentences.Add(sentence);
        }
        sentences.Reverse();
        return sentences.Count == 0 ? "" : string.Join(", ", sentences) + ".";
    }

    /// <summary>The prompt and what was said before in the same utterance, which weighs most.</summary>
    public static string Join(string prompt, string said) => said.Length == 0 ? prompt
        : $"{prompt} {(said.Length > MaxLength ? said[^MaxLength..] : said)}".TrimStart();

    private static bool IsRule(string phrase) => phrase.AsSpan().ContainsAny(Operators);

    // The first alternative of each group, with the optional words: "(turn | switch) [the] lights" is "turn the lights".
    private static string First(string rule)
    {
        var text = new StringBuilder();
        var depth = 0;
        int? skipped = null;
        foreach (var character in rule)
        {
            switch (character)
            {
                case '(' or '[':
                    depth++;
                    break;
                case ')' or ']':
                    if (skipped == depth)
                        skipped = null;
                    depth = Math.Max(0, depth - 1);
                    break;
                case '|':
                    skipped ??= depth;
                    break;
                default:
                    if (skipped is null)
                        text.Append(character);
                    break;
            }
        }
        return string.Join(' ', text.ToString().Split([' ', '*', '+', '<', '>'], StringSplitOptions.RemoveEmptyEntries));
    }
}

using System.Text;

namespace Parley.Speech.Worker.Recognition;

/// <summary>
/// Builds one JSGF grammar from the usable phrases and reports why others were skipped. Phrases come from clients: only words,
/// alternatives, groups and options reach the native parser, in limited number.
/// </summary>
internal static class PhraseGrammar
{
    // More than any session declares; the decoder's work grows with the grammar.
    private const int MaxPhrases = 500;
    private const int MaxTokens = 400;
    private const int MaxAllTokens = 5_000;
    private const int MaxDepth = 12;

    /// <summary>Builds the grammar.</summary>
    /// <param name="phrases">Right-hand sides of JSGF rules.</param>
    /// <param name="knows">Whether the dictionary has a lower-case word.</param>
    /// <param name="refused">Receives a sentence for each skipped phrase.</param>
    /// <returns>The grammar; null if no phrase is usable.</returns>
    public static string? Build(IReadOnlyList<string> phrases, Func<string, bool> knows, List<string> refused)
    {
        var rules = new List<string>();
        var tokens = 0;
        for (var i = 0; i < phrases.Count; i++)
        {
            if (i == MaxPhrases)
            {
                refused.Add($"{phrases.Count - MaxPhrases} phrases beyond the first {MaxPhrases} were left out.");
                break;
            }
            if (!TryRewrite(phrases[i], knows, out var rule, out var count, out var problem))
            {
                refused.Add($"\"{Shorten(phrases[i])}\" was left out: {problem}.");
            }
            else if (tokens + count > MaxAllTokens)
            {
                refused.Add($"\"{Shorten(phrases[i])}\" was left out: the phrases before it have {tokens} words already.");
            }
            else
            {
                tokens += count;
                rules.Add(rule);
            }
        }
        if (rules.Count == 0)
            return null;

        var grammar = new StringBuilder("#JSGF V1.0;\ngrammar parley;\npublic <utterance> = ").AppendJoin(" | ", rules.Select((_, i) => $"<p{i}>")).Append(";\n");
        for (var i = 0; i < rules.Count; i++)
            grammar.Append("<p").Append(i).Append("> = ").Append(rules[i]).Append(";\n");
        return grammar.ToString();
    }

    private static bool TryRewrite(string phrase, Func<string, bool> knows, out string rule, out int words, out string problem)
    {
        rule = problem = "";
        words = 0;
        var written = new StringBuilder();
        var open = new Stack<char>();
        var canEnd = false; // The current alternative is not empty.
        var hasRequiredWord = false;
        var tokens = 0;
        for (var i = 0; i < phrase.Length;)
        {
            var c = phrase[i];
            var length = 1;
            if (++tokens > MaxTokens)
                return Fail($"it has more than {MaxTokens} parts", out problem);
            if (IsWordCharacter(c))
            {
                while (i + length < phrase.Length && IsWordCharacter(phrase[i + length]))
                    length++;
                var word = phrase.Substring(i, length).ToLowerInvariant().Trim('-', '.', '\'');
                if (word.Length > 0)
                {
                    if (!knows(word))
                        return Fail($"\"{word}\" is not in the dictionary", out problem);
                    written.Append(word).Append(' ');
                    words++;
                    canEnd = true;
                    hasRequiredWord |= !open.Contains('[');
                }
            }
            else if (c is '(' or '[')
            {
                open.Push(c);
                if (open.Count > MaxDepth)
                    return Fail("it is nested too deep", out problem);
                written.Append(c);
                canEnd = false;
            }
            else if (c is ')' or ']')
            {
                if (!canEnd || open.Count == 0 || open.Pop() != (c == ')' ? '(' : '['))
                    return Fail("its brackets do not match", out problem);
                written.Append(c).Append(' ');
            }
            else if (c == '|')
            {
                if (!canEnd)
                    return Fail("an alternative is empty", out problem);
                written.Append("| ");
                canEnd = false;
            }
            else if (!char.IsWhiteSpace(c) && c is not (',' or '!' or '?' or ':' or '"'))
            {
                return Fail($"'{c}' is not allowed", out problem);
            }
            else
            {
                tokens--;
            }

            i += length;
        }
        if (open.Count > 0 || !canEnd)
            return Fail(words == 0 ? "it has no words" : "its brackets do not match or an alternative is empty", out problem);
        if (!hasRequiredWord)
            return Fail("all of it can be left out", out problem);
        rule = written.ToString().TrimEnd();
        return true;

        static bool Fail(string why, out string problem)
        {
            problem = why;
            return false;
        }
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c is '\'' or '-' or '.';

    private static string Shorten(string phrase) => string.Concat(phrase.Take(60).Where(c => !char.IsControl(c)));
}

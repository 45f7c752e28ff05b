using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Assistant.Rules;

/// <summary>One word of an utterance: its lower-case form and its position in the text.</summary>
internal readonly record struct Word(string Lower, int Start, int End);

/// <summary>A text and its words, so that phrases are matched by whole words.</summary>
internal sealed partial class Utterance
{
    /// <summary>Most characters that are split into words; no spoken question is longer.</summary>
    private const int MaxScannedLength = 16_000;

    private readonly string _joined;

    public Utterance(string text)
    {
        Text = Clean(text).Trim();
        var scanned = Text.Length > MaxScannedLength ? Text[..MaxScannedLength] : Text;
        Words = [.. WordPattern().Matches(scanned).Select(match =>
            new Word(match.Value.Replace('’', '\'').ToLowerInvariant(), match.Index, match.Index + match.Length))];
        _joined = $" {string.Join(' ', Words.Select(word => word.Lower))} ";
    }

    /// <summary>What was said, without surrounding space and with lone surrogates replaced.</summary>
    public string Text { get; }

    public IReadOnlyList<Word> Words { get; }

    public bool IsEmpty => Text.Length == 0;

    /// <summary>Whether any of the phrases (lower case, single spaces, no punctuation) occurs as whole words.</summary>
    public bool HasAny(IEnumerable<string> phrases) =>
        phrases.Any(phrase => _joined.Contains($" {phrase} ", StringComparison.Ordinal));

    public bool StartsWithAny(IEnumerable<string> phrases) =>
        phrases.Any(phrase => _joined.StartsWith($" {phrase} ", StringComparison.Ordinal));

    /// <summary>Index of the first word after the phrase if the words from <paramref name="from"/> are that phrase, else -1.</summary>
    public int After(string phrase, int from = 0)
    {
        var index = from;
        foreach (var part in phrase.Split(' '))
        {
            if (index >= Words.Count || Words[index++].Lower != part)
                return -1;
        }
        return index;
    }

    /// <summary>The text from a word to the end, without quotation marks and punctuation around it.</summary>
    public string TextFrom(int wordIndex) => wordIndex >= Words.Count ? "" : Unquote(Text[Words[wordIndex].Start..]);

    /// <summary>Shortens a text for speaking, without splitting a surrogate pair.</summary>
    public static string Abbreviate(string text, int maxLength = 240)
    {
        if (text.Length <= maxLength)
            return text;
        var cut = char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;
        return text[..cut].TrimEnd() + "…";
    }

    /// <summary>Replaces lone surrogates: they cannot be written as UTF-8 and would break the answer that quotes them.</summary>
    public static string Clean(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }
        return text;
    }

    public static string Unquote(string text) => text.Trim().Trim('"', '“', '”', '„', '«', '»', '\'', '‘', '’', ' ', ':', ',', '-');

    // Dates and clock times stay one word, so does a decimal number with its sign and percent.
    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}|(?<![\p{L}\d])-?\d+(?:[.,:]\d+)*(?![\p{L}\d])%?|[\p{L}\p{M}\d]+(?:['’]\p{L}+)*")]
    private static partial Regex WordPattern();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Arithmetic;

/// <summary>
/// Turns a spoken or written sum into tokens. A text is a sum only when nothing else is left in it but the words people
/// ask with ("what is …, please"); "flight 12 - gate 4" is therefore left alone.
/// </summary>
internal sealed partial class SumReader
{
    /// <summary>No sum said aloud is longer, and the parser's work stays bounded.</summary>
    private const int MaxLength = 1_000;

    private const string Ignored = "=?!.,;:\"'“”„«»¿¡…";
    private const string Signs = "+-*/^()%²³√";

    private static readonly Dictionary<string, decimal> SoundAlikes = new()
    {
        ["won"] = 1, ["to"] = 2, ["too"] = 2, ["tree"] = 3, ["free"] = 3, ["for"] = 4, ["fore"] = 4, ["sex"] = 6, ["sick"] = 6, ["sicks"] = 6,
        ["ate"] = 8, ["nein"] = 9, ["tan"] = 10, ["tin"] = 10,
    };

    private readonly string[] items;
    private readonly SumLexicon lexicon;
    private readonly List<SumToken> tokens = [];

    private SumReader(string text, Language language)
    {
        items = [.. ItemPattern().Matches(text.ToLowerInvariant()).Select(match => match.Groups["item"]).Where(group => group.Success).Select(group => group.Value)];
        lexicon = SumLexicon.Of(language);
    }

    /// <summary>The tokens of a sum; empty when the text is not one.</summary>
    /// <exception cref="OverflowException">A number in it is too large.</exception>
    public static IReadOnlyList<SumToken> Read(string text, Language language)
    {
        if (text.Length > MaxLength)
        {
            return [];
        }

        var reader = new SumReader(text, language);
        var isSum = reader.ReadAll()
            && reader.tokens.Any(token => token.IsNumber)
            && reader.tokens.Any(token => !token.IsNumber && token.Sign is not ('(' or ')'));
        return isSum ? reader.tokens : [];
    }

    private bool ReadAll()
    {
        for (var index = 0; index < items.Length;)
        {
            var length = ReadOperator(index);
            length = length > 0 ? length : ReadNumber(index);
            if (length == 0)
            {
                if (!lexicon.Fillers.Contains(items[index]) && !Ignored.Contains(items[index], StringComparison.Ordinal))
                {
                    return false;
                }

                length = 1;
            }

            index += length;
        }

        return true;
    }

    private int ReadOperator(int index)
    {
        var sign = items[index] switch { "×" or "·" or "**" => "*", "÷" => "/", "−" or "–" => "-", var item => item };
        if (items[index] is "%" && index + 1 < items.Length && items[index + 1] is "of" or "von" or "de" or "z")
        {
            tokens.Add(new SumToken(0, '‰'));
            return 2;
        }

        if (sign.Length == 1 && Signs.Contains(sign[0], StringComparison.Ordinal))
        {
            tokens.Add(new SumToken(0, items[index] == "**" ? '^' : sign[0]));
            return 1;
        }

        foreach (var (words, spoken) in lexicon.Operators)
        {
            if (words.Length <= items.Length - index && items.AsSpan(index, words.Length).SequenceEqual(words))
            {
                tokens.Add(new SumToken(0, spoken));
                return words.Length;
            }
        }

        return 0;
    }

    private int ReadNumber(int index)
    {
        if (char.IsAsciiDigit(items[index][^1]))
        {
            if (!DigitsPattern().IsMatch(items[index]))
            {
                return 0;
            }

            tokens.Add(new SumToken(decimal.Parse(Normalize(items[index]), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)));
            return 1;
        }

        var length = lexicon.Numbers.Read(items.AsSpan(index), out var value);
        if (length == 0 && SoundAlikes.TryGetValue(items[index], out value) && StandsForNumber(index))
        {
            length = 1;
        }

        if (length > 0)
        {
            tokens.Add(new SumToken(value));
        }

        return length;
    }

    // "Two plus too": where only a number makes sense, a word that sounds like one is one.
    private bool StandsForNumber(int index) =>
        tokens.Count > 0
            ? tokens[^1] is { IsNumber: false, Sign: not (')' or '²' or '³') }
            : index + 1 < items.Length && lexicon.Operators.Any(entry => items.AsSpan(index + 1).StartsWith(entry.Words));

    private string Normalize(string digits) =>
        lexicon.DecimalSeparator == '.' && ThousandsPattern().IsMatch(digits)
            ? digits.Replace(",", "", StringComparison.Ordinal)
            : digits.Replace(',', '.');

    // A hyphen inside a word ("twenty-one") only separates words; a date is one item that is no number.
    [GeneratedRegex(@"(?<=\p{L})-(?=\p{L})|(?<item>\d{4}-\d{2}-\d{2}|\d+(?:[.,]\d+)*(?![\p{L}\d])|[.,]\d+|[\p{L}\p{M}][\p{L}\p{M}\d]*(?:['’]\p{L}+)*|\*\*|\S)", RegexOptions.CultureInvariant)]
    private static partial Regex ItemPattern();

    [GeneratedRegex(@"^\d*(?:[.,]\d+)?$|^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")]
    private static partial Regex DigitsPattern();

    [GeneratedRegex(@"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")]
    private static partial Regex ThousandsPattern();
}

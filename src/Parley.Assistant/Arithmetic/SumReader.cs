using System.Globalization;
using System.Text.RegularExpressions;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Arithmetic;

/// <summary>
/// Splits a spoken or written sum into tokens. A text is a sum only if it has no other words except those of a question ("what is …,
/// please"); "flight 12 - gate 4" is therefore not a sum.
/// </summary>
internal sealed partial class SumReader
{
    /// <summary>Most characters of a sum; no spoken sum is longer, and it limits the work of the parser.</summary>
    private const int MaxLength = 1_000;

    private const string Ignored = "=?!.,;:\"'“”„«»¿¡…";
    private const string Signs = "+-*/^()%²³√";

    private static readonly Dictionary<string, decimal> Homophones = new()
    {
        ["won"] = 1, ["to"] = 2, ["too"] = 2, ["tree"] = 3, ["free"] = 3, ["for"] = 4, ["fore"] = 4, ["sex"] = 6, ["sick"] = 6,
        ["sicks"] = 6,
        ["ate"] = 8, ["nein"] = 9, ["tan"] = 10, ["tin"] = 10, ["well"] = 12, ["heaven"] = 7, ["sticks"] = 6, ["dirty"] = 30,
    };

    private readonly string[] _items;
    private readonly SumLexicon _lexicon;
    private readonly List<SumToken> _tokens = [];

    private SumReader(string text, Language language)
    {
        _items = [.. ItemPattern().Matches(text.ToLowerInvariant())
            .Select(match => match.Groups["item"]).Where(group => group.Success).Select(group => group.Value)];
        _lexicon = SumLexicon.Of(language);
    }

    /// <summary>Returns the tokens of a sum; empty if the text is not one.</summary>
    /// <exception cref="OverflowException">A number in it is too large.</exception>
    public static IReadOnlyList<SumToken> Read(string text, Language language)
    {
        if (text.Length > MaxLength)
            return [];
        var reader = new SumReader(text, language);
        var isSum = reader.ReadAll()
            && reader._tokens.Any(token => token.IsNumber)
            && reader._tokens.Any(token => !token.IsNumber && token.Sign is not ('(' or ')'))
            && !reader.MissesFirstNumber;
        return isSum ? reader._tokens : [];
    }

    // "How much is … plus thirty", where the first number was not recognized: an answer would be wrong.
    private bool MissesFirstNumber => _tokens[0] is { IsNumber: false, Sign: '+' } && _items.Contains("plus");

    private bool ReadAll()
    {
        for (var index = 0; index < _items.Length;)
        {
            var length = ReadOperator(index);
            length = length > 0 ? length : ReadNumber(index);
            if (length == 0)
            {
                if (!_lexicon.Fillers.Contains(_items[index]) && !Ignored.Contains(_items[index], StringComparison.Ordinal))
                    return false;
                length = 1;
            }
            index += length;
        }
        return true;
    }

    private int ReadOperator(int index)
    {
        var sign = _items[index] switch { "×" or "·" or "**" => "*", "÷" => "/", "−" or "–" => "-", var item => item };
        if (_items[index] is "%" && index + 1 < _items.Length && _items[index + 1] is "of" or "von" or "de" or "z")
        {
            _tokens.Add(new SumToken(0, '‰'));
            return 2;
        }
        if (sign.Length == 1 && Signs.Contains(sign[0], StringComparison.Ordinal))
        {
            _tokens.Add(new SumToken(0, _items[index] == "**" ? '^' : sign[0]));
            return 1;
        }
        foreach (var (words, spoken) in _lexicon.Operators)
        {
            if (words.Length <= _items.Length - index && _items.AsSpan(index, words.Length).SequenceEqual(words))
            {
                _tokens.Add(new SumToken(0, spoken));
                return words.Length;
            }
        }
        return 0;
    }

    private int ReadNumber(int index)
    {
        if (char.IsAsciiDigit(_items[index][^1]))
        {
            if (!DigitsPattern().IsMatch(_items[index]))
                return 0;
            _tokens.Add(
                new SumToken(decimal.Parse(Normalize(_items[index]), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)));
            return 1;
        }
        var length = _lexicon.Numbers.Read(_items.AsSpan(index), out var value);
        if (length == 0 && Homophones.TryGetValue(_items[index], out value) && StandsForNumber(index))
            length = 1;
        if (length > 0)
            _tokens.Add(new SumToken(value));
        return length;
    }

    // "Two plus too": if only a number is possible, a homophone of a number counts as the number.
    private bool StandsForNumber(int index) =>
        _tokens.Count > 0
            ? _tokens[^1] is { IsNumber: false, Sign: not (')' or '²' or '³') }
            : index + 1 < _items.Length && _lexicon.Operators.Any(entry => _items.AsSpan(index + 1).StartsWith(entry.Words));

    private string Normalize(string digits) =>
        _lexicon.DecimalSeparator == '.' && ThousandsPattern().IsMatch(digits)
            ? digits.Replace(",", "", StringComparison.Ordinal)
            : digits.Replace(',', '.');

    // A hyphen inside a word ("twenty-one") only separates words; a date is one item that is not a number.
    [GeneratedRegex(
        @"(?<=\p{L})-(?=\p{L})|(?<item>\d{4}-\d{2}-\d{2}|\d+(?:[.,]\d+)*(?![\p{L}\d])|[.,]\d+|[\p{L}\p{M}][\p{L}\p{M}\d]*(?:['’]\p{L}+)*|\*\*|\S)",
        RegexOptions.CultureInvariant)]
    private static partial Regex ItemPattern();

    [GeneratedRegex(@"^\d*(?:[.,]\d+)?$|^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")]
    private static partial Regex DigitsPattern();

    [GeneratedRegex(@"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")]
    private static partial Regex ThousandsPattern();
}

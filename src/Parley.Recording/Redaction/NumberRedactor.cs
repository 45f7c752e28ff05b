using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Recording.Redaction;

/// <summary>
/// Finds card numbers, 13 to 19 digits with a valid check digit, and telephone numbers, 7 to 15 digits, in digits or in English words for them.
/// Between the digits may be spaces and the usual punctuation.
/// </summary>
/// <param name="cards">Whether to find card numbers.</param>
/// <param name="phones">Whether to find telephone numbers.</param>
internal sealed partial class NumberRedactor(bool cards, bool phones) : IRecordRedactor
{
    private const int MinCard = 13, MaxCard = 19, MinPhone = 7, MaxPhone = 15;

    private static readonly SearchValues<char> Gaps = SearchValues.Create(" \t\r\n-./(),+");

    private static readonly Dictionary<string, char> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zero"] = '0', ["oh"] = '0', ["o"] = '0', ["one"] = '1', ["two"] = '2', ["three"] = '3', ["four"] = '4', ["five"] = '5', ["six"] = '6', ["seven"] = '7', ["eight"] = '8',
        ["nine"] = '9',
    };

    public IEnumerable<RecordRedaction> Find(string text)
    {
        var found = new List<RecordRedaction>();
        var digits = new StringBuilder();
        var (start, end) = (0, 0);
        foreach (var match in Tokens().EnumerateMatches(text))
        {
            var token = text.AsSpan(match.Index, match.Length);
            var value = char.IsAsciiDigit(token[0]) ? token[0] : Words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out var digit) ? digit : '\0';
            if (value == '\0' || (digits.Length > 0 && !IsGap(text.AsSpan(end, match.Index - end))))
                EndRun();
            if (value == '\0')
                continue;
            if (digits.Length == 0)
                start = match.Index;
            digits.Append(value);
            end = match.Index + match.Length;
        }
        EndRun();
        return found;

        // All of a run that contains a card number: speech adds digits of other things, and where the number begins is not certain.
        void EndRun()
        {
            var run = digits.ToString();
            digits.Clear();
            if (cards && HasCard(run))
                found.Add(new RecordRedaction(start, end - start, "card"));
            else if (phones && run.Length is >= MinPhone and <= MaxPhone)
                found.Add(new RecordRedaction(start, end - start, "phone"));
        }
    }

    private static bool HasCard(string digits)
    {
        for (var at = 0; at + MinCard <= digits.Length; at++)
        {
            for (var length = MinCard; length <= Math.Min(MaxCard, digits.Length - at); length++)
            {
                if (HasCheckDigit(digits.AsSpan(at, length)))
                    return true;
            }
        }
        return false;
    }

    private static bool IsGap(ReadOnlySpan<char> gap) => gap.Length <= 4 && !gap.ContainsAnyExcept(Gaps);

    // Luhn: every second digit from the right counts twice.
    private static bool HasCheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var value = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? value : value > 4 ? (2 * value) - 9 : 2 * value;
        }
        return sum % 10 == 0 && digits.IndexOfAnyExcept(digits[0]) >= 0;
    }

    [GeneratedRegex(@"[0-9]|\p{L}+", RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();
}

using System.Globalization;
using Parley.Assistant.Arithmetic;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Intents;

/// <summary>"Count to ten", "count from 3 to 7", "count down from five".</summary>
internal static class CountingIntent
{
    /// <summary>A minute and a half of speech.</summary>
    private const int MaxNumbers = 100;

    public static string? Answer(TurnContext turn)
    {
        var start = CommandPrefix.After(turn, triggers => triggers.Count);
        if (start < 0)
            return null;
        var bounds = Numbers(turn, start);
        var down = turn.Heard.HasAny(turn.Language.Listen(triggers => triggers.CountDown));
        (decimal From, decimal To)? range = bounds switch
        {
            [var from, var to, ..] => (from, to),
            [var only] => down ? (only, 0) : (1, only),
            _ => null,
        };
        return range is { } found ? Count(turn, found.From, found.To) : null;
    }

    private static string Count(TurnContext turn, decimal from, decimal to)
    {
        var length = Math.Abs(to - from) + 1;
        var numbers = Enumerable.Range(0, (int)Math.Min(length, MaxNumbers))
            .Select(i => (from <= to ? from + i : from - i).ToString(CultureInfo.InvariantCulture));
        var text = string.Join(", ", numbers) + ".";
        return length > MaxNumbers ? $"{text} {turn.Phrases.CountLimit.With(MaxNumbers)}" : text;
    }

    private static List<decimal> Numbers(TurnContext turn, int start)
    {
        var words = turn.Heard.Words.Skip(start).Take(40).SelectMany(word => word.Lower.Split('-')).ToArray();
        var reader = SumLexicon.Of(turn.Language).Numbers;
        var found = new List<decimal>();
        for (var i = 0; i < words.Length;)
        {
            // At most nine digits: more than any count needs, and every difference is exact.
            if (words[i].Length <= 9 && int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out var digits))
            {
                found.Add(digits);
                i++;
                continue;
            }
            var length = reader.Read(words.AsSpan(i), out var value);
            if (length > 0 && value == decimal.Truncate(value))
                found.Add(value);
            i += Math.Max(1, length);
        }
        return found;
    }
}

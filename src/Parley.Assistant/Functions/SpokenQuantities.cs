using System.Globalization;
using Parley.Assistant.Arithmetic;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Functions;

/// <summary>A number with its unit, as said: "ten minutes", "half an hour", "21 degrees".</summary>
/// <param name="Value">The number.</param>
/// <param name="Unit">The unit in the singular; empty if there is none.</param>
/// <param name="Length">Words used, unit included.</param>
internal readonly record struct Quantity(decimal Value, string Unit, int Length);

/// <summary>Reads numbers, ordinals and quantities at the start of words.</summary>
internal static class SpokenQuantities
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["second"] = "second", ["seconds"] = "second", ["sec"] = "second", ["secs"] = "second", ["s"] = "second",
        ["minute"] = "minute", ["minutes"] = "minute", ["min"] = "minute", ["mins"] = "minute",
        ["hour"] = "hour", ["hours"] = "hour", ["h"] = "hour", ["day"] = "day", ["days"] = "day", ["week"] = "week", ["weeks"] = "week",
        ["percent"] = "percent", ["per cent"] = "percent", ["degree"] = "degree", ["degrees"] = "degree", ["celsius"] = "degree",
        ["fahrenheit"] = "degree", ["people"] = "person", ["persons"] = "person", ["person"] = "person", ["guests"] = "person", ["guest"] = "person",
        ["adults"] = "person", ["us"] = "person", ["sides"] = "side", ["sided"] = "side", ["faces"] = "side", ["euros"] = "money", ["euro"] = "money",
        ["dollars"] = "money", ["dollar"] = "money", ["pounds"] = "money", ["nights"] = "night", ["night"] = "night",
        ["kilometers"] = "kilometer", ["kilometres"] = "kilometer", ["km"] = "kilometer", ["miles"] = "mile", ["meters"] = "meter", ["metres"] = "meter",
    };

    private static readonly Dictionary<string, decimal> Seconds = new(StringComparer.Ordinal)
    {
        ["second"] = 1, ["minute"] = 60, ["hour"] = 3_600, ["day"] = 86_400, ["week"] = 604_800,
    };

    private static readonly Dictionary<string, decimal> Groups = new(StringComparer.Ordinal) { ["pair"] = 2, ["couple"] = 2, ["dozen"] = 12 };

    private static readonly string[] Ordinals =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"];

    private static readonly NumberWords Numbers = SumLexicon.Of(English.Language).Numbers;

    /// <summary>Returns how many words are one number, in digits or words; 0 if there is none.</summary>
    public static int ReadNumber(ReadOnlySpan<string> words, out decimal value)
    {
        value = 0;
        if (words.IsEmpty)
            return 0;
        if (words[0] is "minus" or "negative")
        {
            var rest = ReadNumber(words[1..], out value);
            value = -value;
            return rest > 0 ? rest + 1 : 0;
        }
        var digits = words[0].TrimEnd('%').Replace(",", "", StringComparison.Ordinal);
        if (decimal.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value))
            return 1;
        if (words is ["a" or "an" or "one", "half", ..] or ["half", ..])
        {
            value = 0.5m;
            return words[0] == "half" ? 1 : 2;
        }
        if (words.Length > 1 && words[0] is "a" && Groups.TryGetValue(words[1], out value))
            return words is [_, _, "of", ..] ? 3 : 2;
        return Numbers.Read(words, out value);
    }

    /// <summary>Returns the position that an ordinal such as "third" or "3rd" names, and the number of words used; 0 if it is none.</summary>
    public static int ReadOrdinal(ReadOnlySpan<string> words, out decimal value)
    {
        value = words.IsEmpty ? 0 : Array.IndexOf(Ordinals, words[0]) + 1;
        if (value == 0 && !words.IsEmpty && words[0].Length > 2 && words[0][^2..] is "st" or "nd" or "rd" or "th")
            _ = decimal.TryParse(words[0][..^2], NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return value > 0 ? 1 : 0;
    }

    /// <summary>Reads a number and its unit. "An hour and a half" and "a minute" are quantities too.</summary>
    public static bool TryRead(ReadOnlySpan<string> words, out Quantity quantity)
    {
        quantity = default;
        var length = ReadNumber(words, out var value);
        if (length == 0 && words.Length > 1 && words[0] is "a" or "an" && UnitAt(words[1..], out _) is { } single && Seconds.ContainsKey(single))
            (length, value) = (1, 1);
        if (length == 0)
            return false;
        var rest = words[length..];
        if (rest is ["and", "a", "half", ..])
        {
            (value, length) = (value + 0.5m, length + 3);
            rest = rest[3..];
        }
        if (value == 0.5m && rest is ["a" or "an", ..])
        {
            length++;
            rest = rest[1..];
        }
        if (words[0].EndsWith('%'))
            return Set(value, "percent", length, out quantity);
        if (rest is ["of", var counted, ..] && Units.ContainsKey(counted))
        {
            length++;
            rest = rest[1..];
        }
        var unit = UnitAt(rest, out var used);
        if (unit is null)
            return Set(value, "", length, out quantity);
        length += used;
        // "An hour and a half", "two hours and ten minutes".
        if (Seconds.TryGetValue(unit, out var size) && words.Length > length + 1 && words[length] == "and")
        {
            if (words[(length + 1)..] is ["a", "half", ..])
                return Set(value + 0.5m, unit, length + 3, out quantity);
            if (TryRead(words[(length + 1)..], out var more) && Seconds.TryGetValue(more.Unit, out var smaller) && smaller < size)
                return Set((value * size / smaller) + more.Value, more.Unit, length + 1 + more.Length, out quantity);
        }
        return Set(value, unit, length, out quantity);
    }

    /// <summary>Converts a duration to another unit; null if one of them is not a unit of time.</summary>
    public static decimal? Convert(decimal value, string from, string to) =>
        Seconds.TryGetValue(from, out var one) && Seconds.TryGetValue(to, out var other) ? value * one / other : null;

    public static bool IsTime(string unit) => Seconds.ContainsKey(unit);

    /// <summary>The unit that a word of a parameter's name or description stands for; null if it is none.</summary>
    public static string? UnitOf(string word) => word switch
    {
        "temperature" or "celsius" or "fahrenheit" or "degrees" => "degree",
        "brightness" or "percent" or "percentage" or "volume" or "level" => "percent",
        "party" or "people" or "guests" or "persons" => "person",
        "sides" or "faces" => "side",
        "budget" or "price" or "amount" => "money",
        { Length: > 3 } => Units.GetValueOrDefault(word),
        _ => null,
    };

    private static string? UnitAt(ReadOnlySpan<string> words, out int used)
    {
        used = 1;
        if (words is ["per", "cent", ..])
        {
            used = 2;
            return "percent";
        }
        var unit = words.IsEmpty ? null : Units.GetValueOrDefault(words[0]);
        // "21 degrees celsius" is one unit.
        if (unit == "degree" && words.Length > 1 && words[1] is "celsius" or "fahrenheit")
            used = 2;
        return unit;
    }

    private static bool Set(decimal value, string unit, int length, out Quantity quantity)
    {
        quantity = new Quantity(value, unit, length);
        return true;
    }
}

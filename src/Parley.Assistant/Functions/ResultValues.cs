using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Functions;

/// <summary>Values of a function result in words: numbers, dates, links, texts.</summary>
internal static partial class ResultValues
{
    private const int MaxDepth = 16;

    /// <summary>Most items of a list that are said.</summary>
    public const int MaxItems = 40;

    private static readonly string[] Messages = ["message", "speech", "spoken", "answer", "reply", "summary", "text", "output", "result"];
    private static readonly string[] Times = ["time", "current_time", "currentTime", "local_time", "localTime", "now", "datetime", "dateTime", "timestamp", "iso"];

    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["celsius"] = "degrees Celsius", ["c"] = "degrees Celsius", ["fahrenheit"] = "degrees Fahrenheit", ["f"] = "degrees Fahrenheit", ["degrees"] = "degrees",
        ["percent"] = "percent", ["percentage"] = "percent", ["pct"] = "percent", ["%"] = "percent", ["kmh"] = "kilometers per hour", ["kph"] = "kilometers per hour",
        ["mph"] = "miles per hour", ["km"] = "kilometers", ["kilometers"] = "kilometers", ["miles"] = "miles", ["meters"] = "meters", ["m"] = "meters", ["cm"] = "centimeters",
        ["kg"] = "kilograms", ["seconds"] = "seconds", ["secs"] = "seconds", ["s"] = "seconds", ["ms"] = "milliseconds", ["minutes"] = "minutes", ["min"] = "minutes", ["mins"] = "minutes",
        ["hours"] = "hours", ["days"] = "days", ["weeks"] = "weeks", ["euros"] = "euros", ["eur"] = "euros", ["€"] = "euros", ["dollars"] = "dollars", ["usd"] = "dollars", ["$"] = "dollars",
        ["gbp"] = "pounds", ["pounds"] = "pounds", ["£"] = "pounds", ["pln"] = "zlotys",
    };

    /// <summary>Some clients put the scheduling of an asynchronous result inside the result.</summary>
    public static bool IsScheduling(JsonProperty member) =>
        member.Name == "scheduling" && member.Value.ValueKind == JsonValueKind.String
        && Text(member.Value) is "INTERRUPT" or "WHEN_IDLE" or "SILENT";

    public static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!.Trim();
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate: valid JSON, but not valid text.
            return element.GetRawText().Trim('"');
        }
    }

    /// <summary>The unit that a word stands for; null if it is none.</summary>
    public static string? UnitOf(string word) => Units.GetValueOrDefault(word.TrimStart('°').ToLowerInvariant());

    /// <summary>The unit that the name of a number ends with: "temperature_c", "distance_km"; null if there is none.</summary>
    public static string? UnitAtEnd(string[] words) => words switch
    {
        [.., "temperature" or "temp", "c" or "f"] => UnitOf(words[^1]),
        [.., "min" or "mins"] when words.Length > 1 && words[^2] is not ("duration" or "time" or "in" or "eta") => null,
        [.., { Length: > 1 } last] => UnitOf(last),
        _ => null,
    };

    /// <summary>With the unit in the singular for one: "1 minute".</summary>
    public static string WithUnit(string number, string unit) =>
        number is "1" && unit.Split(' ') is [var first, ..] && first.EndsWith('s') ? $"1 {first[..^1]}{unit[first.Length..]}" : $"{number} {unit}";

    /// <summary>A number as it is said; at most six decimal places.</summary>
    public static string Number(JsonElement element) =>
        element.TryGetDecimal(out var value) && Math.Abs(value) < 1_000_000_000_000_000m
            ? Math.Round(value, Math.Abs(value) >= 100 ? 2 : Math.Abs(value) >= 1 ? 4 : 6, MidpointRounding.AwayFromZero).ToString("0.######", CultureInfo.InvariantCulture)
            : element.GetRawText();

    /// <summary>A text with dates and times of ISO 8601 as they are said.</summary>
    public static string Spoken(string text)
    {
        if (DatePattern().Match(text) is { Success: true } match
            && DateTime.TryParseExact(match.Groups["date"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            var day = $"{date.Day} {English.Language.Vocabulary.Months[date.Month - 1]} {date.Year.ToString(CultureInfo.InvariantCulture)}";
            return match.Groups["time"] is { Success: true, Value: var time } ? $"{day} at {time}" : day;
        }
        if (TimePattern().Match(text) is { Success: true } clock)
            return clock.Groups["time"].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            return uri.Host;
        return DurationPattern().Match(text) is { Success: true } duration && text.Length > 2 ? Duration(duration) : text;
    }

    /// <summary>A sentence of a text: it begins with a capital and ends with a stop.</summary>
    public static string Sentence(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return "";
        var first = char.IsLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;
        return first[^1] is '.' or '!' or '?' or '…' or ':' or '"' or '”' or '。' ? first : first + ".";
    }

    /// <summary>The clock time of a result about the time; null if it is about something else.</summary>
    public static string? TimeIn(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && ClockIn(Text(value)) is { } alone)
            return alone;
        return value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Where(member => Times.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.String)
                .Select(member => ClockIn(Text(member.Value))).FirstOrDefault(time => time is not null)
            : null;
    }

    /// <summary>The sentence that a result holds for the user; null if it has none.</summary>
    public static string? MessageIn(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return Text(value);
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var name in Messages)
        {
            var member = value.EnumerateObject().FirstOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (member.Value.ValueKind == JsonValueKind.String && Text(member.Value) is { Length: > 0 } text
                && (text.Contains(' ', StringComparison.Ordinal) || value.EnumerateObject().Count(other => !ResultSpeech.IsConfirmation(other)) == 1))
            {
                return text;
            }
        }
        return null;
    }

    /// <summary>All values with their names: "temperature 21, sky clear".</summary>
    public static string List(JsonElement element, Vocabulary vocabulary, string path = "", int depth = 0)
    {
        if (depth > MaxDepth)
            return "";
        return element.ValueKind switch
        {
            JsonValueKind.Object => string.Join(", ", element.EnumerateObject().Where(member => !ResultSpeech.IsConfirmation(member)).Take(MaxItems)
                .Select(member => List(member.Value, vocabulary, $"{path}{string.Join(' ', FunctionShape.SplitName(member.Name))} ", depth + 1))
                .Where(words => words.Length > 0)),
            JsonValueKind.Array => ListItems(element, vocabulary, path, depth),
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            JsonValueKind.String => path + Text(element),
            JsonValueKind.Number => path + Number(element).Replace('.', vocabulary.DecimalSeparator),
            _ => path + element.GetRawText(),
        };
    }

    private static string ListItems(JsonElement array, Vocabulary vocabulary, string path, int depth)
    {
        var items = array.EnumerateArray().Take(MaxItems).ToArray();
        return items.Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            ? string.Join("; ", items.Select(item => List(item, vocabulary, path, depth + 1)).Where(words => words.Length > 0))
            : items.Length == 0 ? "" : path + vocabulary.List([.. items.Select(item => List(item, vocabulary, "", depth + 1))]);
    }

    private static string? ClockIn(string text) =>
        DatePattern().Match(text) is { Success: true } match && match.Groups["time"] is { Success: true, Value: var time } ? time
        : TimePattern().Match(text) is { Success: true } clock ? clock.Groups["time"].Value
        : null;

    private static string Duration(Match match)
    {
        string[] parts = [.. new[] { ("d", "days"), ("h", "hours"), ("m", "minutes"), ("s", "seconds") }
            .Where(part => match.Groups[part.Item1].Success).Select(part => WithUnit(match.Groups[part.Item1].Value, part.Item2))];
        return parts.Length > 0 ? English.Language.Vocabulary.List(parts) : match.Value;
    }

    [GeneratedRegex(@"^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?(?:\[.*\])?)?$")]
    private static partial Regex DatePattern();

    [GeneratedRegex(@"^(?<time>\d{1,2}:\d{2}(?:\s?[AaPp][Mm])?)(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$|^(?<time>\d{1,2}:\d{2}):\d{2}(?<half>\s?[AaPp][Mm])$")]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"^P(?:(?<d>\d{1,4})D)?(?:T(?:(?<h>\d{1,5})H)?(?:(?<m>\d{1,6})M)?(?:(?<s>\d{1,7})S)?)?$")]
    private static partial Regex DurationPattern();
}

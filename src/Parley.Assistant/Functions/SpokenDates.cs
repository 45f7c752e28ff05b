using System.Globalization;
using Parley.Assistant.Arithmetic;
using Parley.Assistant.Languages;

namespace Parley.Assistant.Functions;

/// <summary>Converts spoken dates and times to ISO 8601. Relative days count from the current UTC date.</summary>
internal static class SpokenDates
{
    private static readonly Dictionary<string, int> Relative = new() { ["today"] = 0, ["tonight"] = 0, ["tomorrow"] = 1, ["yesterday"] = -1 };
    private static readonly string[] Months = [.. English.Language.Vocabulary.Months.Select(month => month.ToLowerInvariant())];
    private static readonly string[] Weekdays = [.. English.Language.Vocabulary.Weekdays.Select(day => day.ToLowerInvariant())];

    private static readonly string[] Ordinals =
    [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
        "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second",
        "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth",
        "thirty-first",
    ];

    private static readonly NumberWords Numbers = new(English.Language.Vocabulary);

    /// <summary>Returns the date at the start of the words and the number of words used; 0 if there is none.</summary>
    public static (string? Iso, int Length) Read(string[] words, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (DateOnly.TryParseExact(words[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var iso))
            return (Write(iso), 1);
        if (Relative.TryGetValue(words[0], out var days))
            return (Write(today.AddDays(days)), 1);
        var weekday = Array.IndexOf(Weekdays, words[0]);
        return weekday >= 0
            ? (Write(today.AddDays(((weekday - (int)today.DayOfWeek + 6) % 7) + 1)), 1)
            : ReadDayAndMonth(words, today);
    }

    /// <summary>
    /// Returns a time such as "14:30", "7 am" or "noon" as hours and minutes, and the number of words used; 0 if there is none.
    /// </summary>
    public static (string? Iso, int Length) ReadTime(string[] words, DateTimeOffset now)
    {
        if (words[0] is "noon" or "midnight")
            return (words[0] == "noon" ? "12:00" : "00:00", 1);
        if (words[0] is "in" && SpokenQuantities.TryRead(words.AsSpan(1), out var later) && SpokenQuantities.Convert(later.Value, later.Unit, "second") is { } seconds
            && seconds < 86_400)
        {
            return (now.UtcDateTime.AddSeconds((double)seconds).ToString("HH:mm", CultureInfo.InvariantCulture), 1 + later.Length);
        }
        if (ReadPast(words) is { Length: > 0 } past)
            return past;
        return char.IsAsciiDigit(words[0][0]) ? ReadDigits(words) : ReadSpoken(words);
    }

    // "half past seven", "quarter to nine", "ten past three"
    private static (string? Iso, int Length) ReadPast(string[] words)
    {
        var (minutes, length) = words switch
        {
            ["half", "past", ..] => (30, 1),
            ["quarter", "past" or "to", ..] => (15, 1),
            ["a", "quarter", "past" or "to", ..] => (15, 2),
            ["five", "past" or "to", ..] => (5, 1),
            ["ten", "past" or "to", ..] => (10, 1),
            ["twenty", "past" or "to", ..] => (20, 1),
            _ => (0, 0),
        };
        var hour = 0m;
        var hours = length > 0 ? Numbers.Read(words.AsSpan(length + 1), out hour) : 0;
        if (hours == 0 || hour is < 1 or > 12)
            return (null, 0);
        var total = (((int)hour * 60) + (words[length] == "to" ? -minutes : minutes) + 1_440) % 1_440;
        return (string.Create(CultureInfo.InvariantCulture, $"{total / 60:00}:{total % 60:00}"), length + 1 + hours);
    }

    // "seven thirty", "seven p m", "nine fifteen in the morning", "eight o'clock"
    private static (string? Iso, int Length) ReadSpoken(string[] words)
    {
        var length = Numbers.Read(words, out var hour);
        if (length == 0 || hour != decimal.Truncate(hour) || hour > 23)
            return (null, 0);
        var minutes = Numbers.Read(words.AsSpan(length), out var minute);
        minute = minutes > 0 ? minute : 0;
        length += minutes;
        var (half, marks) = words[length..] switch
        {
            ["am" or "pm", ..] => (words[length], 1),
            ["a", "m", ..] => ("am", 2),
            ["p", "m", ..] => ("pm", 2),
            ["in", "the", "morning", ..] => ("am", 3),
            ["in", "the", "afternoon" or "evening", ..] => ("pm", 3),
            ["o'clock" or "oclock", ..] => ("", 1),
            _ => ("", 0),
        };
        return (minutes == 0 && marks == 0) || minute > 59 || (half.Length > 0 && hour > 12)
            ? (null, 0)
            : (Write((int)hour, (int)minute, half), length + marks);
    }

    private static (string? Iso, int Length) ReadDigits(string[] words)
    {
        var half = words.Length > 1 && words[1] is "am" or "pm" ? words[1] : "";
        var glued = words[0].EndsWith("am", StringComparison.Ordinal) || words[0].EndsWith("pm", StringComparison.Ordinal);
        var digits = glued ? words[0][..^2] : words[0];
        half = glued ? words[0][^2..] : half;
        var parts = digits.Split(':');
        if (parts.Length > 2 || (parts.Length == 1 && half.Length == 0)
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            || !int.TryParse(parts.Length > 1 ? parts[1] : "0", NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            || hour > (half.Length > 0 ? 12 : 23) || minute > 59)
        {
            return (null, 0);
        }
        return (Write(hour, minute, half), half.Length > 0 && !glued ? 2 : 1);
    }

    private static string Write(int hour, int minute, string half)
    {
        hour = half switch { "am" => hour % 12, "pm" => (hour % 12) + 12, _ => hour };
        return string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");
    }

    // "march twenty first" has one more word than "march 21st".
    private static (string? Iso, int Length) ReadDayAndMonth(string[] words, DateOnly today)
    {
        var written = words.ToList();
        var joined = 0;
        for (var i = 0; i < written.Count; i++)
        {
            var pair = i + 1 < written.Count ? Array.IndexOf(Ordinals, $"{written[i]}-{written[i + 1]}") : -1;
            var day = pair >= 0 ? pair : Array.IndexOf(Ordinals, written[i]);
            if (day >= 0)
            {
                written[i] = (day + 1).ToString(CultureInfo.InvariantCulture);
                if (pair >= 0)
                {
                    written.RemoveAt(i + 1);
                    joined = 1;
                }
                break;
            }
        }
        var (iso, length) = ReadWrittenDayAndMonth([.. written], today);
        return (iso, length > 0 ? length + joined : 0);
    }

    private static (string? Iso, int Length) ReadWrittenDayAndMonth(string[] words, DateOnly today)
    {
        // "march 5th 2027", "5 march", "5th of march 2027"
        var gap = words.Length > 2 && words[1] == "of" ? 2 : 1;
        if (words.Length <= gap)
            return (null, 0);
        var monthFirst = Array.IndexOf(Months, words[0]) >= 0;
        var month = Array.IndexOf(Months, monthFirst ? words[0] : words[gap]) + 1;
        var day = (monthFirst ? words[1] : words[0]).TrimEnd('s', 't', 'n', 'd', 'r', 'h');
        var length = monthFirst ? 2 : gap + 1;
        if (month == 0 || !int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            return (null, 0);
        var hasYear = words.Length > length && words[length].Length == 4
            && int.TryParse(words[length], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        var year = hasYear ? int.Parse(words[length], CultureInfo.InvariantCulture) : today.Year;
        return year >= 1 && number <= DateTime.DaysInMonth(year, month)
            ? (Write(new DateOnly(year, month, number)), hasYear ? length + 1 : length)
            : (null, 0);
    }

    private static string Write(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

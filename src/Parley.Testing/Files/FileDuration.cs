using System.Globalization;

namespace Parley.Testing.Files;

/// <summary>Durations as on the command line, with milliseconds and fractions: <c>40ms</c>, <c>1.5s</c>, <c>30m</c>, <c>12h</c>, <c>7d</c>.</summary>
internal static class FileDuration
{
    internal const string Allowed = "a duration such as 40ms, 1.5s, 30m or 12h";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3_650);

    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (suffix, unit) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)
                || !decimal.TryParse(
                    text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                continue;
            }
            if (text[0] == '.' || text[^(suffix.Length + 1)] == '.' || number > Longest.Ticks / unit.Ticks)
                return false;
            duration = TimeSpan.FromTicks((long)(number * unit.Ticks));
            return true;
        }
        return false;
    }
}

using System.Globalization;
using System.Text;

namespace Parley.Protocol;

/// <summary>
/// Prepares text of others (clients, upstreams, models) for the log. Control characters can move the cursor of a terminal, forge lines or make a file
/// binary; bidirectional controls can show a line in another order. Each is written as <c>\u001B</c>.
/// </summary>
internal static class LogText
{
    /// <summary>Longest text in a log line, in characters; of the rest only its length is logged.</summary>
    internal const int MaxLength = 400;

    /// <summary>The text, with its control characters escaped; the same instance if there is nothing to escape.</summary>
    internal static string Clean(string? text)
    {
        if (text is null)
            return "";
        if (text.Length <= MaxLength)
            return Escape(text);
        var end = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return string.Create(CultureInfo.InvariantCulture, $"{Escape(text[..end])}… ({text.Length} characters)");
    }

    /// <summary>The text of any length, with its control characters escaped.</summary>
    internal static string Escape(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsSafe(text, i))
                return EscapeFrom(text, i);
        }
        return text;
    }

    private static string EscapeFrom(string text, int first)
    {
        var escaped = new StringBuilder(text, 0, first, text.Length + 32);
        for (var i = first; i < text.Length; i++)
        {
            if (IsSafe(text, i))
                escaped.Append(text[i]);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
        }
        return escaped.ToString();
    }

    private static bool IsSafe(string text, int at)
    {
        var c = text[at];
        return c switch
        {
            < '\u007F' => c >= ' ',
            <= '\u009F' => false,
            // Bidirectional marks, embeddings, overrides and isolates; line and paragraph separators; the byte order mark.
            '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF' => false,
            _ when char.IsHighSurrogate(c) => at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]),
            _ when char.IsLowSurrogate(c) => at > 0 && char.IsHighSurrogate(text[at - 1]),
            _ => true,
        };
    }
}

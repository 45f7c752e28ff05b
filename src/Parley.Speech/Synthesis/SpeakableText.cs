using System.Text;

namespace Parley.Speech.Synthesis;

/// <summary>
/// Cleans text for an English synthesizer: plain ASCII letters, digits, usual marks and single
/// spaces. Accents are folded, markdown and [stage directions] removed, web addresses cut to their host, the rest dropped.
/// </summary>
internal static class SpeakableText
{
    private const string Marks = ".,;:!?'\"()-%$&+=/@";

    // U+00C0 to U+00FF, one base letter each; two of the 64 are signs and become a space.
    private const string Latin1Letters = "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTsaaaaaaaceeeeiiiidnooooo ouuuuyty";

    public static string From(string text)
    {
        var result = new StringBuilder(Math.Min(text.Length, 4_096));
        for (var i = 0; i < text.Length;)
            i += Take(text, i, result);
        while (result.Length > 0 && result[^1] == ' ')
            result.Length--;
        return result.ToString();
    }

    private static int Take(string text, int at, StringBuilder result)
    {
        var rest = text.AsSpan(at);
        var c = rest[0];
        if (char.IsAsciiLetterOrDigit(c))
        {
            var startsWord = at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]);
            if (startsWord && AddressPrefix(rest) is > 0 and var prefix)
                return TakeAddress(rest, prefix, result);
            result.Append(c);
            return 1;
        }
        if (c == '[' && DirectionLength(rest) is > 0 and var length)
            return length;
        if (c == '.' && at > 0 && at + 1 < text.Length && char.IsAsciiLetter(text[at - 1]) && char.IsAsciiLetter(text[at + 1])
            && !IsInitial(text, at))
        {
            // "example.com", "readme.md"
            result.Append(" dot ");
            return 1;
        }
        AppendSign(result, c);
        return 1;
    }

    // "U.S.A": the letter before the dot stands alone.
    private static bool IsInitial(string text, int dot) => dot == 1 || !char.IsAsciiLetterOrDigit(text[dot - 2]);

    private static void AppendSign(StringBuilder result, char c)
    {
        switch (c)
        {
            case '’' or '‘':
                result.Append('\'');
                break;
            case '“' or '”' or '«' or '»' or '„':
                result.Append('"');
                break;
            case '–' or '—':
                result.Append(", ");
                break;
            case '…':
                result.Append("...");
                break;
            case '€':
                result.Append(" euro ");
                break;
            case '£':
                result.Append(" pound ");
                break;
            case '°':
                result.Append(" degrees ");
                break;
            case '×':
                result.Append(" times ");
                break;
            case '÷':
                result.Append(" divided by ");
                break;
            case >= 'À' and <= 'ÿ':
                result.Append(Latin1Letters[c - 'À']);
                break;
            case '*' or '`' or '#' or '_' or '~' or '[' or ']':
                // Markdown; inside a_name the underscore separates words.
                if (c == '_')
                    AppendSpace(result);
                break;
            default:
                if (Marks.Contains(c, StringComparison.Ordinal))
                    result.Append(c);
                else
                    AppendSpace(result);
                break;
        }
    }

    private static void AppendSpace(StringBuilder result)
    {
        if (result.Length > 0 && result[^1] != ' ')
            result.Append(' ');
    }

    internal static int AddressPrefix(ReadOnlySpan<char> text)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["https://www.", "http://www.", "https://", "http://", "www."])
        {
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return prefix.Length;
        }

        return 0;
    }

    private static int TakeAddress(ReadOnlySpan<char> text, int prefix, StringBuilder result)
    {
        var end = prefix;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not (')' or ']' or '>' or '"'))
            end++;
        while (end > prefix && text[end - 1] is '.' or ',' or '!' or '?' or ';' or ':')
            end--;

        var host = text[prefix..end];
        var path = host.IndexOfAny('/', '?', '#');
        foreach (var c in path < 0 ? host : host[..path])
        {
            if (c == '.')
                result.Append(" dot ");
            else if (char.IsAsciiLetterOrDigit(c) || c == '-')
                result.Append(c);
        }

        return end;
    }

    /// <summary>The length of "[laughs]" or "[clears throat]"; 0 if it is something else, such as a link or a citation.</summary>
    internal static int DirectionLength(ReadOnlySpan<char> text)
    {
        var end = text[..Math.Min(text.Length, 40)].IndexOf(']');
        if (end < 2 || (end + 1 < text.Length && text[end + 1] == '('))
            return 0;
        foreach (var c in text[1..end])
        {
            if (!char.IsAsciiLetterLower(c) && c != ' ')
                return 0;
        }

        return end + 1;
    }
}

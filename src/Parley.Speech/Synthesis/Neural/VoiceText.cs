using System.Text;
using Parley.Speech.Languages;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>Prepares text for espeak-ng, which reads numbers and abbreviations itself.</summary>
internal static class VoiceText
{
    /// <summary>Cleans a text and divides it into pieces of at most 200 characters that have something to say.</summary>
    public static IEnumerable<string> Pieces(string text, string language)
    {
        var isEnglish = language.StartsWith("en", StringComparison.OrdinalIgnoreCase);
        var clean = WithoutEllipses(isEnglish ? SpeakableText.From(text) : UnicodeText.From(text));
        return TextSegmenter.Split(clean).Select(static piece => piece.Trim()).Where(static piece => piece.Any(char.IsLetterOrDigit));
    }

    /// <summary>
    /// An ellipsis becomes a comma, or a full stop at the end: espeak-ng reports none of its own, and the words around it would be joined.
    /// </summary>
    private static string WithoutEllipses(string text)
    {
        if (!text.Contains("...", StringComparison.Ordinal) && !text.Contains('…', StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        var clean = text.Replace("…", "...", StringComparison.Ordinal);
        for (var i = 0; i < clean.Length; i++)
        {
            var dots = 0;
            while (i + dots < clean.Length && clean[i + dots] == '.')
                dots++;
            if (dots < 3)
            {
                result.Append(clean[i]);
                continue;
            }
            var rest = clean.AsSpan(i + dots);
            var isLast = rest.IndexOfAnyExcept(" \"')!?,;:") < 0;
            result.Append(isLast ? "." : rest[0] == ' ' ? "," : ", ");
            i += dots - 1;
        }
        return result.ToString();
    }
}

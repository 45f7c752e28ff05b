using System.Globalization;
using System.Text;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Languages;

/// <summary>
/// Cleans text for a multilingual synthesizer: letters, digits and marks of all scripts, usual punctuation and single
/// spaces. Markdown and [stage directions] are removed, web addresses lose their scheme; symbols, control characters and markup are
/// dropped.
/// </summary>
internal static class UnicodeText
{
    private const string Marks = ".,;:!?'\"()-%…。、，；：！？¿¡«»„“”‘’–—،؛؟।";

    // No language uses more combining marks on one letter; more crash engines.
    private const int MaxCombining = 3;

    public static string From(string text)
    {
        var result = new StringBuilder(Math.Min(text.Length, 4_096));
        var combining = 0;
        for (var i = 0; i < text.Length;)
        {
            var rest = text.AsSpan(i);
            if (rest[0] == '[' && SpeakableText.DirectionLength(rest) is > 0 and var direction)
            {
                i += direction;
                continue;
            }
            if (SpeakableText.AddressPrefix(rest) is > 0 and var prefix)
            {
                i += prefix;
                continue;
            }
            _ = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            i += length;
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            {
                if (++combining <= MaxCombining && result.Length > 0 && result[^1] != ' ')
                    result.Append(rune);
                continue;
            }
            combining = 0;
            if (rune != Rune.ReplacementChar && (Rune.IsLetter(rune) || category == UnicodeCategory.DecimalDigitNumber || (rune.IsBmp && Marks.Contains((char)rune.Value, StringComparison.Ordinal))))
                result.Append(rune);
            else if (result.Length > 0 && result[^1] != ' ' && rune.Value is not ('*' or '`' or '#' or '~'))
                result.Append(' ');
        }
        return result.ToString().Trim();
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Assistant.Rules;

/// <summary>Reads the placeholders "[1.9 seconds of speech]" that stand for speech without a transcript.</summary>
internal static partial class UnrecognizedSpeech
{
    /// <summary>The text without its placeholders, and the sum of their seconds.</summary>
    public static (Utterance Words, decimal Seconds) TakeFrom(Utterance heard)
    {
        var placeholders = PlaceholderPattern().Matches(heard.Text);
        if (placeholders.Count == 0)
            return (heard, 0);
        var seconds = placeholders.Sum(
            placeholder => decimal.Parse(placeholder.Groups["seconds"].Value.Replace(',', '.'), CultureInfo.InvariantCulture));
        return (new Utterance(PlaceholderPattern().Replace(heard.Text, " ")), seconds);
    }

    [GeneratedRegex(
        @"\[\s*(?:about\s+)?(?<seconds>\d{1,9}(?:[.,]\d{1,9})?)\s*(?:s|sec|seconds?)\s+of\s+(?:speech|audio)\s*\]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PlaceholderPattern();
}

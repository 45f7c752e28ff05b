using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Assistant.Rules;

/// <summary>The marks "[1.9 seconds of speech]" that stand for sound nobody turned into words.</summary>
internal static partial class UnrecognizedSpeech
{
    /// <summary>The text without its marks, and how many seconds they add up to.</summary>
    public static (Utterance Words, decimal Seconds) TakeFrom(Utterance heard)
    {
        var marks = MarkPattern().Matches(heard.Text);
        if (marks.Count == 0)
        {
            return (heard, 0);
        }

        var seconds = marks.Sum(mark => decimal.Parse(mark.Groups["seconds"].Value.Replace(',', '.'), CultureInfo.InvariantCulture));
        return (new Utterance(MarkPattern().Replace(heard.Text, " ")), seconds);
    }

    [GeneratedRegex(@"\[\s*(?:about\s+)?(?<seconds>\d{1,9}(?:[.,]\d{1,9})?)\s*(?:s|sec|seconds?)\s+of\s+(?:speech|audio)\s*\]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MarkPattern();
}

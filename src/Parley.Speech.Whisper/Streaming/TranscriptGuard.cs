using System.Text.RegularExpressions;
using Parley.Speech.Whisper.Decoding;

namespace Parley.Speech.Whisper.Streaming;

/// <summary>
/// Removes what Whisper writes without hearing it. Whisper was trained on subtitles, so it fills silence and noise with their phrases, and
/// it repeats itself; its own probabilities tell most of it (<see href="https://arxiv.org/abs/2212.04356">section 4.5 of its paper</see>).
/// </summary>
internal static partial class TranscriptGuard
{
    /// <summary>Below this mean log probability a text is decoded again, or dropped if Whisper thinks that nobody speaks; the paper's value.</summary>
    public const float MinAverageLogProbability = -1;

    // Nobody understands a text like this, and an answer to it is worse than none.
    private const float NonsenseLogProbability = -1.6f;

    // The paper's value.
    private const float NoSpeech = 0.6f;

    // Of doubtful phrases, these are more likely heard than invented.
    private const float SureLogProbability = -0.35f;
    private const float SureNoSpeech = 0.25f;

    // Phrases of subtitles that nobody says to an assistant.
    private static readonly string[] Credits =
    [
        "subtitles by", "subtitled by", "captions by", "captioning by", "transcription by", "transcribed by", "amara.org", "amara org", "opensubtitles",
        "untertitel", "untertitelung", "sous-titres", "sous-titrage", "subtítulos", "sottotitoli", "legendas", "napisy",
        "thanks for watching", "thank you for watching", "please subscribe", "like and subscribe", "don't forget to subscribe",
        "ご視聴ありがとうございました", "продолжение следует", "субтитры", "字幕",
    ];

    // Phrases that people say, and that Whisper writes for a click or a breath.
    private static readonly HashSet<string> Doubtful = new(StringComparer.OrdinalIgnoreCase)
    {
        "you", "thank you", "thank you very much", "thanks", "bye", "bye bye", "bye-bye", "okay", "so", "the", "oh", "uh", "hmm", "mm", "ah", "i", "and",
        "vielen dank", "danke", "merci", "gracias", "tschüss",
    };

    /// <summary>Returns the text that was heard; empty if none of it was.</summary>
    /// <param name="result">What Whisper wrote.</param>
    /// <param name="prompt">The prompt, which Whisper likes to repeat for silence.</param>
    public static string Clean(DecodeResult result, string prompt)
    {
        var text = Annotations().Replace(result.Text, " ");
        text = Spaces().Replace(text, " ").Trim();
        var average = result.AverageLogProbability;
        if (!text.Any(char.IsLetterOrDigit) || average < NonsenseLogProbability || (result.NoSpeech > NoSpeech && average < MinAverageLogProbability))
            return "";
        text = WithoutLoops(text);
        var bare = text.Trim('.', '!', '?', ',', ' ', '…', '。', '！').ToLowerInvariant();
        if (Credits.Any(credit => bare.StartsWith(credit, StringComparison.Ordinal)) || bare.EndsWith("amara.org", StringComparison.Ordinal))
            return "";
        var isSure = average > SureLogProbability && result.NoSpeech < SureNoSpeech;
        var isPrompt = prompt.Length > 0 && bare.Length > 0 && bare.Contains(' ') && prompt.Contains(bare, StringComparison.OrdinalIgnoreCase);
        return !isSure && (Doubtful.Contains(bare) || (isPrompt && result.NoSpeech > NoSpeech)) ? "" : text;
    }

    /// <summary>Whether another attempt with a higher temperature is worthwhile, by the rules of Whisper's paper.</summary>
    public static bool IsDoubtful(DecodeResult result) =>
        result.Tokens.Count > 0 && (result.AverageLogProbability < MinAverageLogProbability || WithoutLoops(result.Text).Length < result.Text.Trim().Length * 2 / 3);

    /// <summary>
    /// Cuts a text where it begins to repeat itself: one word six times, two words four times, or a longer phrase three times in a row. One
    /// occurrence stays, and nothing that follows is believed.
    /// </summary>
    public static string WithoutLoops(string text)
    {
        const int LongestPhrase = 12;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var start = 0; start < words.Length; start++)
        {
            for (var length = 1; length <= LongestPhrase && start + (3 * length) <= words.Length; length++)
            {
                var times = 1;
                while (start + ((times + 1) * length) <= words.Length && Repeats(words, start, length, times))
                    times++;
                if (times >= (length == 1 ? 6 : length == 2 ? 4 : 3))
                    return string.Join(' ', words[..(start + length)]);
            }
        }
        return text.Trim();
    }

    private static bool Repeats(string[] words, int start, int length, int times)
    {
        for (var i = 0; i < length; i++)
        {
            if (!words[start + i].TrimEnd('.', ',', '!', '?').Equals(words[start + (times * length) + i].TrimEnd('.', ',', '!', '?'), StringComparison.OrdinalIgnoreCase))
                return false;
        }
        return true;
    }

    [GeneratedRegex(@"\[[^\]]*\]?|\([^)]*\)?|\*[^*]*\*|[♪♫]+")]
    private static partial Regex Annotations();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

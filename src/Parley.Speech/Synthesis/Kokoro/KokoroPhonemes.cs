using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Parley.Speech.Synthesis.Espeak;
using Parley.Speech.Synthesis.Neural;

namespace Parley.Speech.Synthesis.Kokoro;

/// <summary>
/// Turns text into the symbols of Kokoro with espeak-ng, in the way that its authors publish for programs without their dictionary: English as
/// kokoro.js does, other languages as EspeakG2P of misaki does. Marks stay where they are; the text between them is translated.
/// </summary>
/// <param name="language">The language.</param>
/// <param name="espeak">Its espeak-ng, with '^' as tie except for English.</param>
internal sealed partial class KokoroPhonemes(KokoroLanguage language, EspeakPhonemizer espeak)
{
    // What espeak-ng writes, and how Kokoro writes it. Ties join the two letters of one sound.
    private static readonly (string From, string To)[] English = [("kəkˈoːɹoʊ", "kˈoʊkəɹoʊ"), ("kəkˈɔːɹəʊ", "kˈəʊkəɹəʊ"), ("ʲ", "j"), ("r", "ɹ"), ("x", "k"), ("ɬ", "l")];

    private static readonly (string From, string To)[] Others =
    [
        ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("s^s", "S"), ("t^s", "ʦ"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^ʊ", "Q"),
        ("^", ""), ("-", ""),
    ];

    private static readonly SearchValues<char> ClauseMarks = SearchValues.Create(".!?,;:—…");

    /// <summary>The tie that espeak-ng must write for a language.</summary>
    public static char? TieOf(KokoroLanguage language) => language.IsEnglish ? null : '^';

    /// <summary>Translates a text of one line, at most 200 characters.</summary>
    /// <exception cref="SpeechEngineException">espeak-ng failed.</exception>
    public async Task<PhonemeSentence> OfAsync(string text, CancellationToken cancellationToken)
    {
        var sentence = new PhonemeSentence();
        var at = 0;
        foreach (var mark in Marks().Matches(text).AsEnumerable())
        {
            await AddAsync(text[at..mark.Index]).ConfigureAwait(false);
            sentence.Add(Symbols(mark.Value));
            at = mark.Index + mark.Length;
            if (mark.ValueSpan.ContainsAny(ClauseMarks))
                sentence.EndClause();
        }
        await AddAsync(text[at..]).ConfigureAwait(false);
        return sentence;

        async Task AddAsync(string words)
        {
            if (words.Any(char.IsLetterOrDigit))
                sentence.Add(Symbols(Rewrite(string.Join(' ', await espeak.TranslateAsync(words, cancellationToken).ConfigureAwait(false)))));
        }
    }

    private string Rewrite(string phonemes)
    {
        var text = new StringBuilder(Flags().Replace(phonemes, ""));
        foreach (var (from, to) in language.IsEnglish ? English : Others)
            text.Replace(from, to);
        if (!language.IsEnglish)
            return text.ToString();
        var english = SpaceBeforeHundred().Replace(text.ToString(), " ");
        english = LooseEnding().Replace(english, "z");
        return language.Letter == 'a' ? Ninety().Replace(english, "di") : english;
    }

    private static IEnumerable<string> Symbols(string text) => text.Select(static symbol => symbol.ToString()).Where(KokoroSymbols.Contains);

    [GeneratedRegex("\\([a-z-]+\\)")]
    private static partial Regex Flags();

    // Inside a number or a word, "3.5" or "10:30", a mark belongs to it.
    [GeneratedRegex(@"\s*(?:[;:,.!?¡¿—…](?=$|[\s;:,.!?¡¿—…""()“”])|[""“”()])+(?:\s*(?:[;:,.!?¡¿—…](?=$|[\s;:,.!?¡¿—…""()“”])|[""“”()])+)*\s*")]
    private static partial Regex Marks();

    [GeneratedRegex("(?<=[a-zɹː])(?=hˈʌndɹɪd)")]
    private static partial Regex SpaceBeforeHundred();

    [GeneratedRegex(" z(?= |$)")]
    private static partial Regex LooseEnding();

    [GeneratedRegex("(?<=nˈaɪn)ti(?!ː)")]
    private static partial Regex Ninety();
}

using System.Text;
using Parley.Speech.Languages;
using Parley.Speech.Synthesis.Espeak;
using Parley.Speech.Synthesis.Neural;

namespace Parley.Speech.Synthesis.Piper;

/// <summary>
/// Turns text into the phonemes with which Piper voices are trained: those of espeak-ng, one Unicode code point each after canonical
/// decomposition, the punctuation of clauses between them, without the marks of other languages. Voices of type "text" have the letters
/// themselves.
/// </summary>
/// <param name="voice">The voice.</param>
/// <param name="espeak">The espeak-ng of the voice; null for a voice of type "text".</param>
internal sealed class PiperPhonemes(PiperVoice voice, EspeakPhonemizer? espeak)
{
    /// <summary>Divides a text into sentences of phonemes.</summary>
    /// <param name="text">A text of one line, at most 200 characters.</param>
    /// <param name="cancellationToken">Cancels the wait for other texts.</param>
    /// <exception cref="SpeechEngineException">espeak-ng failed.</exception>
    public async Task<List<PhonemeSentence>> OfAsync(string text, CancellationToken cancellationToken)
    {
        if (espeak is null)
            return [OfLetters(text)];
        var clauses = EspeakClauses.Split(text, espeak.Voice);
        if (clauses.Count == 0)
            return [];
        var spoken = await espeak.TranslateAsync(text, cancellationToken).ConfigureAwait(false);
        if (spoken.Count != clauses.Count)
        {
            // Another version of espeak-ng divides this text elsewhere, or has no sound for a clause: ask for one clause at a time.
            spoken.Clear();
            foreach (var clause in clauses)
                spoken.Add(string.Join(' ', await espeak.TranslateAsync(clause.Text, cancellationToken).ConfigureAwait(false)));
        }
        return Join(clauses, spoken);
    }

    internal List<PhonemeSentence> Join(IReadOnlyList<EspeakClause> clauses, IReadOnlyList<string> spoken)
    {
        var sentences = new List<PhonemeSentence>();
        PhonemeSentence? sentence = null;
        foreach (var (clause, phonemes) in clauses.Zip(spoken))
        {
            if (sentence is null)
                sentences.Add(sentence = new PhonemeSentence());
            sentence.Add(Replace(WithoutLanguages(CanonicalDecomposition.Of(phonemes))));
            sentence.Add(Punctuation(clause.End));
            sentence.EndClause();
            if (clause.EndsSentence)
                sentence = null;
        }
        if (voice.Clusters.Count > 0)
            sentences.ForEach(merged => merged.Merge(MergeClusters));
        return sentences;
    }

    // Voices that were trained on lower case have no capitals.
    private PhonemeSentence OfLetters(string text)
    {
        var sentence = new PhonemeSentence();
        sentence.Add(Replace(Letters(CanonicalDecomposition.Of(text)).Select(letter => voice.Ids.ContainsKey(letter) ? letter : letter.ToLowerInvariant())));
        return sentence;
    }

    private static IEnumerable<string> Letters(string text) => text.EnumerateRunes().Select(static rune => rune.ToString());

    private IEnumerable<string> Replace(IEnumerable<string> phonemes) =>
        voice.Replacements.Count == 0 ? phonemes : phonemes.SelectMany(phoneme => voice.Replacements.TryGetValue(phoneme, out var others) ? others : [phoneme]);

    /// <summary>Drops "(en)" and "(de)" around words of another language.</summary>
    private static IEnumerable<string> WithoutLanguages(string phonemes)
    {
        var inside = false;
        foreach (var letter in Letters(phonemes))
        {
            if (inside)
                inside = letter != ")";
            else if (letter == "(")
                inside = true;
            else
                yield return letter;
        }
    }

    private static string[] Punctuation(ClauseEnd end) => end switch
    {
        ClauseEnd.Period => ["."],
        ClauseEnd.Question => ["?"],
        ClauseEnd.Exclamation => ["!"],
        ClauseEnd.Comma => [",", " "],
        ClauseEnd.Colon => [":", " "],
        ClauseEnd.Semicolon => [";", " "],
        _ => [],
    };

    private List<string> MergeClusters(IReadOnlyList<string> phonemes)
    {
        var merged = new List<string>();
        for (var i = 0; i < phonemes.Count;)
        {
            var cluster = voice.Clusters.FirstOrDefault(candidate => candidate.Length > 1 && phonemes.Skip(i).Take(candidate.Length).SequenceEqual(candidate));
            merged.Add(cluster is null ? phonemes[i] : string.Concat(cluster));
            i += cluster?.Length ?? 1;
        }
        return merged;
    }
}

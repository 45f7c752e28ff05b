using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis.Espeak;
using Parley.Speech.Synthesis.Piper;

namespace Parley.Speech.Tests;

/// <summary>Compares phonemes and numbers with those that the authors of Piper publish; each source is named.</summary>
public sealed class PiperPhonemesTests : IDisposable
{
    private readonly TinyVoices _voices = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public PiperPhonemesTests() => Assert.SkipUnless(
        EspeakSynthesizer.TryCreate(null, null, out _, out var problem), $"{problem}. Install the Debian package espeak-ng to run this test.");

    public void Dispose() => _voices.Dispose();

    // rhasspy/piper-phonemize, src/test.cpp, "licht".
    [Fact]
    public async Task Licht_has_the_published_numbers() =>
        Assert.Equal([[1, 0, 24, 0, 120, 0, 74, 0, 16, 0, 140, 0, 32, 0, 4, 0, 2]], await IdsAsync("de", "licht!"));

    // OHF-Voice/piper1-gpl, tests/test_piper.py, test_phonemize_synthesize.
    [Fact]
    public async Task Two_tests_have_the_published_numbers()
    {
        Assert.Equal(["tˈɛst wˈʌn.", "tˈɛst tˈuː."], await SpokenAsync("en-us", "Test 1. Test 2."));
        Assert.Equal(
            [
                [1, 0, 32, 0, 120, 0, 61, 0, 31, 0, 32, 0, 3, 0, 35, 0, 120, 0, 102, 0, 26, 0, 10, 0, 2],
                [1, 0, 32, 0, 120, 0, 61, 0, 31, 0, 32, 0, 3, 0, 32, 0, 120, 0, 33, 0, 122, 0, 10, 0, 2],
            ],
            await IdsAsync("en-us", "Test 1. Test 2."));
    }

    // rhasspy/piper-phonemize, src/test.cpp, "punctuation test". Versions of espeak-ng differ in the stress of "is".
    [Fact]
    public async Task Marks_of_clauses_are_between_the_phonemes() =>
        Assert.Equal("ðɪs, ɪz: eɪ; tɛst.", string.Concat(await SpokenAsync("en-us", "this, is: a; test.")).Replace("ˈ", "", StringComparison.Ordinal));

    // rhasspy/piper, etc/test_sentences/test_en-us.jsonl, test_de.jsonl, test_fr.jsonl.
    [Theory]
    [InlineData("en-us", "It takes the form of a multi-colored circular arc.", "ɪt tˈeɪks ðə fˈɔːɹm əvə mˈʌltaɪkˈʌlɚd sˈɜːkjʊlɚɹ ˈɑːɹk.")]
    [InlineData(
        "en-us", "Shaw, those twelve beige hooks are joined if I patch a young, gooey mouth.",
        "ʃˈɔː, ðoʊz twˈɛlv bˈeɪʒ hˈʊks ɑːɹ dʒˈɔɪnd ɪf aɪ pˈætʃ ɐ jˈʌŋ, ɡˈuːi mˈaʊθ.")]
    [InlineData("de", "Victor jagt zwölf Boxkämpfer quer über den großen Sylter Deich.", "vˈɪktoːɾ jˈɑːkt tsvˈœlf bˈɔkskɛmpfɜ kvˈeːɾ ˌyːbɜ deːn ɡɾˈoːsən zˈyltɜ dˈaɪc\u0327.")]
    [InlineData("fr", "Les deux arcs sont séparés par la bande sombre d'Alexandre.", "le- dˈøz ˈaʁk sˈɔ\u0303 sepaʁˈe paʁ la- bˈɑ\u0303d sˈɔ\u0303bʁ dalɛksˈɑ\u0303dʁ.")]
    public async Task Published_sentences_have_the_published_phonemes(string language, string text, string phonemes) =>
        Assert.Equal([phonemes], await SpokenAsync(language, text));

    // OHF-Voice/piper1-gpl, tests/test_piper.py, test_language_switch_flags_removed.
    [Fact]
    public async Task Names_of_other_languages_are_left_out() => Assert.Equal(["tˈɛst"], await SpokenAsync("ar", "test"));

    // OHF-Voice/piper1-gpl, tests/test_espeak_phonemizer.py, test_vowel_clusters.
    [Fact]
    public async Task Clusters_are_merged()
    {
        var voice = PiperVoice.Load(_voices.Piper(change: static json => json["vowel_clusters"] = new JsonArray(new JsonArray("a", "ɪ"), new JsonArray("o", "ʊ"))));
        using var espeak = new EspeakPhonemizer(new EspeakOptions(), "en-us", new FakeTimeProvider());
        Assert.Equal(["m", "ˈ", "aɪ"], Assert.Single(await new PiperPhonemes(voice, espeak).OfAsync("my", Cancellation)).Phonemes);
        Assert.Equal(["n", "ˈ", "oʊ"], Assert.Single(await new PiperPhonemes(voice, espeak).OfAsync("no", Cancellation)).Phonemes);
    }

    // rhasspy/piper-phonemize, src/test.cpp, "ВЕСЕ́ЛКА", with the numbers of its Ukrainian alphabet.
    [Fact]
    public async Task A_voice_of_letters_gets_letters()
    {
        var alphabet = new Dictionary<string, int> { ["_"] = 0, ["^"] = 1, ["$"] = 2, ["а"] = 12, ["в"] = 14, ["е"] = 18, ["к"] = 26, ["л"] = 27, ["с"] = 33, ["\u0301"] = 45, ["и"] = 22, ["\u0306"] = 46 };
        var voice = PiperVoice.Load(_voices.Piper(change: json =>
        {
            json["phoneme_type"] = "text";
            json["phoneme_id_map"] = new JsonObject(alphabet.Select(static letter => KeyValuePair.Create(letter.Key, (JsonNode?)new JsonArray(letter.Value))));
        }));
        var phonemes = new PiperPhonemes(voice, null);
        var rainbow = Assert.Single(await phonemes.OfAsync("ВЕСЕ\u0301ЛКА", Cancellation));
        Assert.Equal([1, 0, 14, 0, 18, 0, 33, 0, 18, 0, 45, 0, 27, 0, 26, 0, 12, 0, 2], voice.ToIds(rainbow.Phonemes));
        Assert.Equal(["и", "\u0306"], Assert.Single(await phonemes.OfAsync("й", Cancellation)).Phonemes);
    }

    [Fact]
    public async Task A_text_without_an_end_has_no_mark() => Assert.Equal(["həlˈoʊ, wˈɜːld"], await SpokenAsync("en-us", "Hello, world"));

    [Fact]
    public void A_phoneme_that_the_voice_lacks_is_left_out()
    {
        var voice = PiperVoice.Load(_voices.Piper());
        var missing = new HashSet<string>();
        Assert.Equal([1, 0, 14, 0, 2], voice.ToIds(["a", "☃"], missing));
        Assert.Equal(["☃"], missing);
    }

    private async Task<string[]> SpokenAsync(string language, string text) => [.. (await SentencesAsync(language, text)).Sentences.Select(static sentence => string.Concat(sentence))];

    private async Task<long[][]> IdsAsync(string language, string text)
    {
        var (voice, sentences) = await SentencesAsync(language, text);
        return [.. sentences.Select(sentence => voice.ToIds(sentence))];
    }

    private async Task<(PiperVoice Voice, List<IReadOnlyList<string>> Sentences)> SentencesAsync(string language, string text)
    {
        var voice = PiperVoice.Load(_voices.Piper(change: json => json["espeak"] = new JsonObject { ["voice"] = language }));
        using var espeak = new EspeakPhonemizer(new EspeakOptions(), language, new FakeTimeProvider());
        return (voice, [.. (await new PiperPhonemes(voice, espeak).OfAsync(text, Cancellation)).Select(static sentence => sentence.Phonemes)]);
    }
}

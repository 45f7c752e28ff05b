using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis.Espeak;
using Parley.Speech.Synthesis.Kokoro;

namespace Parley.Speech.Tests;

/// <summary>Compares symbols with those that the authors of Kokoro publish.</summary>
public sealed class KokoroPhonemesTests
{
    public KokoroPhonemesTests() => Assert.SkipUnless(
        EspeakSynthesizer.TryCreate(null, null, out _, out var problem), $"{problem}. Install the Debian package espeak-ng to run this test.");

    // hexgrad/kokoro, kokoro.js/tests/phonemize.test.js: cases that need no normalization of numbers and abbreviations first.
    [Theory]
    [InlineData('a', "Hello", "həlˈoʊ")]
    [InlineData('a', "Hello World", "həlˈoʊ wˈɜːld")]
    [InlineData('a', "'Test' and 'Example'", "tˈɛst ænd ɛɡzˈæmpəl")]
    [InlineData('a', "\"Bonjour\"", "\"bɔːnʒˈʊɹ\"")]
    [InlineData('a', "Doctor Smith", "dˈɑːktɚ smˈɪθ")]
    [InlineData('a', "Apples, oranges, etc.", "ˈæpəlz, ˈɔɹɪndʒᵻz, ɛtsˈɛtɹə.")]
    [InlineData('a', "twelve million three hundred", "twˈɛlv mˈɪliən θɹˈiː hˈʌndɹɪd")]
    [InlineData('b', "Hello World", "həlˈəʊ wˈɜːld")]
    [InlineData('b', "Mister Anderson", "mˈɪstəɹ ˈandəsən")]
    public Task English_is_written_as_published(char language, string text, string symbols) => AssertAsync(language, text, symbols);

    // hexgrad/misaki, misaki/espeak.py, EspeakG2P: ties become one symbol.
    [Theory]
    [InlineData('e', "¿Ocho coches?", "ˈoʧo kˈoʧes?")]
    [InlineData('i', "pizza, cena", "pˈiʦːa, ʧˈena")]
    public Task Tied_letters_of_other_languages_are_one_symbol(char language, string text, string symbols) => AssertAsync(language, text, symbols);

    [Fact]
    public Task Marks_inside_numbers_end_nothing() => AssertAsync('a', "3.5, 10:30", "θɹˈiː pɔɪnt fˈaɪv, tˈɛn θˈɜːɾi");

    // hexgrad/Kokoro-82M, config.json, also in thewh1teagle/kokoro-onnx: 114 symbols with numbers up to 177.
    [Fact]
    public void Symbols_have_the_published_numbers()
    {
        Assert.Equal(114, KokoroSymbols.Count);
        Assert.Equal([0, 50, 83, 54, 156, 57, 135, 5, 0], KokoroSymbols.ToIds("həlˈoʊ!".Select(static symbol => symbol.ToString())));
        Assert.Equal([0, 177, 9, 16, 17, 25, 72, 158, 172, 0], KokoroSymbols.ToIds("ᵻ—\u0020\u0303Iæː↗☃".Select(static symbol => symbol.ToString())));
    }

    private static async Task AssertAsync(char letter, string text, string symbols)
    {
        var language = KokoroLanguage.All.Single(known => known.Letter == letter);
        using var espeak = new EspeakPhonemizer(new EspeakOptions(), language.EspeakVoice, new FakeTimeProvider(), KokoroPhonemes.TieOf(language));
        var sentence = await new KokoroPhonemes(language, espeak).OfAsync(text, TestContext.Current.CancellationToken);
        Assert.Equal(symbols, string.Concat(sentence.Phonemes));
    }
}

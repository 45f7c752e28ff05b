using Parley.Speech.Languages;

namespace Parley.Speech.Tests;

public sealed class TextLanguageTests
{
    [Theory]
    [InlineData("en", "What is the weather like in Paris today?")]
    [InlineData("en", "I'm afraid we have no rooms left.")]
    [InlineData("de", "Wie wird das Wetter morgen in Berlin?")]
    [InlineData("de", "Die Straße ist gesperrt.")]
    [InlineData("es", "¿Qué hora es?")]
    [InlineData("es", "El tren sale a las cinco de la tarde.")]
    [InlineData("fr", "Bonjour, je voudrais une table pour deux.")]
    [InlineData("it", "Ciao, come stai oggi?")]
    [InlineData("pt", "Olá, você não está com fome?")]
    [InlineData("nl", "Hoe laat vertrekt de trein naar het zuiden?")]
    [InlineData("pl", "Dzień dobry, czy są wolne pokoje?")]
    [InlineData("sv", "Jag vet inte vad det är.")]
    [InlineData("tr", "Bugün hava nasıl?")]
    [InlineData("cs", "Dobrý den, děkuji za pomoc.")]
    [InlineData("ru", "Какая сегодня погода?")]
    [InlineData("uk", "Яка сьогодні погода, і чи буде дощ?")]
    [InlineData("el", "Καλημέρα σας")]
    [InlineData("ar", "كيف حالك اليوم؟")]
    [InlineData("fa", "چطور هستید؟")]
    [InlineData("he", "מה שלומך?")]
    [InlineData("hi", "आज मौसम कैसा है?")]
    [InlineData("ja", "今日の天気はどうですか。")]
    [InlineData("zh", "今天天气怎么样？")]
    [InlineData("ko", "오늘 날씨가 어때요?")]
    [InlineData("th", "วันนี้อากาศเป็นอย่างไร")]
    public void The_language_of_a_sentence_is_guessed(string language, string sentence) => Assert.Equal(language, TextLanguage.Guess(sentence));

    [Theory]
    [InlineData("")]
    [InlineData("123, 4.5!")]
    [InlineData("Kraków")]
    [InlineData("Ottokar Zzyzx")]
    [InlineData("\ud800 👋")]
    public void Without_evidence_no_language_is_guessed(string text) => Assert.Null(TextLanguage.Guess(text));

    [Theory]
    [InlineData("Grüße, *Straße*!  [laughs] Hi", "Grüße, Straße! Hi")]
    [InlineData("a<b>&c [[h@l'oU]] d", "a b c h l'oU d")]
    [InlineData("こんにちは。👋🏽 元気？", "こんにちは。 元気？")]
    [InlineData("https://example.com/x_y", "example.com x y")]
    [InlineData("z\u0301\u0301\u0301\u0301\u0301\u0301", "z\u0301\u0301\u0301")]
    [InlineData("a\ud800b\u0000c\u202ed", "a b c d")]
    public void Text_for_a_multilingual_engine_is_clean(string text, string expected) => Assert.Equal(expected, UnicodeText.From(text));
}

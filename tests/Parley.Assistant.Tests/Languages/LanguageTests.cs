using Microsoft.Extensions.AI;
using Parley.Assistant.Languages;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Tests.Languages;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("Always answer in German.", "Hallo", "Hallo! Ich bin Parley, der eingebaute, regelbasierte Assistent. Was kann ich für dich tun?")]
    [InlineData("Antworte auf Deutsch.", "Wie spät ist es?", "Es ist 14:05 Uhr UTC.")]
    [InlineData("language: de-AT", "Welches Datum haben wir heute?", "Heute ist Sonntag, der 22. November 2026.")]
    [InlineData("language: de-AT", "Guten Morgen, welcher Tag ist heute?", "Heute ist Sonntag, der 22. November 2026.")]
    [InlineData("language: de-AT", "Welcher Tag ist morgen?", "Morgen ist Montag, der 23. November 2026.")]
    [InlineData("fr-FR", "quel jour étions-nous hier", "Hier, nous étions le samedi 21 novembre 2026.")]
    [InlineData("Speak German", "was ist sieben mal sechs?", "Das macht 42.")]
    [InlineData("Speak German", "10 / 4", "Das macht 2,5.")]
    [InlineData("Réponds en français.", "Bonjour", "Bonjour ! Je suis Parley, l'assistant intégré, à base de règles. Que puis-je faire pour vous ?")]
    [InlineData("You must speak only French", "Quelle heure est-il ?", "Il est 14:05 UTC.")]
    [InlineData("fr-FR", "combien font dix-sept plus deux", "Cela fait 19.")]
    [InlineData("Responde en español", "¿Qué hora es?", "Son las 14:05 UTC.")]
    [InlineData("Reply in Spanish", "cuánto es 3 por 4", "El resultado es 12.")]
    [InlineData("Odpowiadaj po polsku", "Która jest godzina?", "Jest 14:05 UTC.")]
    [InlineData("Answer in pl", "ile to jest dwa razy trzy", "Wynik to 6.")]
    [InlineData("Polish", "Dziękuję", "Nie ma za co.")]
    [InlineData("Speak German", "What time is it?", "Es ist 14:05 Uhr UTC.")]
    [InlineData("Speak German", "Der Ball ist rund", "Ich habe „Der Ball ist rund“ gehört. Sag zum Beispiel „wie spät ist es“ oder „erzähl mir einen Witz“.")]
    public async Task Answers_use_the_language_of_the_instruction(string instruction, string said, string expected) =>
        Assert.Equal(expected, await Ask.Text(said, instruction));

    [Theory]
    [InlineData("de-DE", "", "wie spät ist es", "Es ist 14:05 Uhr UTC.")]
    [InlineData("de-DE", "You are a helpful assistant.", "what time is it", "Es ist 14:05 Uhr UTC.")]
    [InlineData("fr-FR", "Always answer in German.", "hallo", "Hallo! Ich bin Parley, der eingebaute, regelbasierte Assistent. Was kann ich für dich tun?")]
    [InlineData("ja-JP", "", "what time is it", "It is 14:05 UTC.")]
    public async Task Answers_use_the_language_of_the_session_unless_the_instruction_names_one(
        string code, string instruction, string said, string expected)
    {
        var options = new ChatOptions { Instructions = instruction };
        SessionLanguage.Set(options, code);

        Assert.Equal(expected, (await Ask.Response([Ask.User(said)], options)).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("You are a helpful assistant.")]
    [InlineData("You help students who learn German at school.")]
    [InlineData("Never answer in French, even if asked.")]
    [InlineData("Please polish the text of the user and be brief.")]
    public void Answers_are_English_unless_another_language_is_asked_for(string instruction) =>
        Assert.Equal("en", LanguageChoice.From(instruction).Code);

    [Fact]
    public async Task A_leading_system_message_is_an_instruction() =>
        Assert.StartsWith("Hallo! Ich bin Ada, der eingebaute", await Ask.Text(
            new ChatMessage(ChatRole.System, "Dein Name ist Ada. Antworte auf Deutsch."), Ask.User("Hallo")), StringComparison.Ordinal);

    [Theory]
    [InlineData("Your name is Ada.", "Hello! I am Ada, the built-in rule-based assistant. What can I do for you?")]
    [InlineData("You are Ada Byron, a helpful guide.", "Hello! I am Ada Byron, the built-in rule-based assistant. What can I do for you?")]
    [InlineData("You are a helpful guide. Greet with \"Ahoy, sailor!\"", "Ahoy, sailor!")]
    [InlineData("Start every conversation with “Welcome to the museum.”", "Welcome to the museum.")]
    public async Task Name_and_greeting_come_from_the_instruction(string instruction, string expected) =>
        Assert.Equal(expected, await Ask.Text("Hello", instruction));

    [Fact]
    public void Every_language_has_all_its_words()
    {
        foreach (var language in new[] { English.Language, German.Language, French.Language, Spanish.Language, Polish.Language })
        {
            Assert.Equal((7, 12, 12, 3, 21), (
                language.Vocabulary.Weekdays.Length, language.Vocabulary.Months.Length, language.Vocabulary.Colours.Length,
                language.Vocabulary.Brightness.Length, language.Vocabulary.SmallNumbers.Length));
        }
    }
}

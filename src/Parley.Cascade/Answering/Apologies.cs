namespace Parley.Cascade.Answering;

/// <summary>Sentences spoken if a stage failed, in the languages of the built-in assistant; English for all others.</summary>
internal static class Apologies
{
    private static readonly Dictionary<string, (string Failed, string Unheard)> Sentences = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = (
            "I am sorry, I cannot answer that right now. Please try again.",
            "I am sorry, I could not hear that. Please say it again."),
        ["de"] = (
            "Es tut mir leid, ich kann gerade nicht antworten. Bitte versuche es noch einmal.",
            "Es tut mir leid, das konnte ich nicht hören. Bitte sag es noch einmal."),
        ["fr"] = (
            "Je suis désolé, je ne peux pas répondre pour le moment. Réessaie, s'il te plaît.",
            "Je suis désolé, je n'ai pas pu entendre cela. Répète, s'il te plaît."),
        ["es"] = (
            "Lo siento, ahora mismo no puedo responder. Inténtalo de nuevo, por favor.",
            "Lo siento, no he podido oír eso. Repítelo, por favor."),
        ["pl"] = (
            "Przepraszam, nie mogę teraz odpowiedzieć. Spróbuj jeszcze raz.",
            "Przepraszam, nie udało mi się tego usłyszeć. Powtórz, proszę."),
    };

    /// <summary>The chat model failed: there is no answer.</summary>
    internal static string Failed(string language) => For(language).Failed;

    /// <summary>Speech recognition failed.</summary>
    internal static string Unheard(string language) => For(language).Unheard;

    private static (string Failed, string Unheard) For(string language) =>
        Sentences.TryGetValue(language.Split('-')[0], out var sentences) ? sentences : Sentences["en"];
}

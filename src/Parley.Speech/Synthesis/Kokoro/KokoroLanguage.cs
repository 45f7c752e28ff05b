namespace Parley.Speech.Synthesis.Kokoro;

/// <summary>A language of Kokoro: the first letter of its voices, its code, and the voice of espeak-ng for its phonemes.</summary>
internal sealed record KokoroLanguage(char Letter, string Code, string EspeakVoice)
{
    /// <summary>
    /// The languages whose phonemes come from espeak-ng. Japanese and Chinese voices need dictionaries that are not here.
    /// </summary>
    public static IReadOnlyList<KokoroLanguage> All { get; } =
    [
        new('a', "en-US", "en-us"), new('b', "en-GB", "en-gb"), new('e', "es", "es"), new('f', "fr-FR", "fr-fr"), new('h', "hi", "hi"),
        new('i', "it", "it"), new('p', "pt-BR", "pt-br"),
    ];

    public bool IsEnglish => Letter is 'a' or 'b';

    /// <summary>The language of a voice such as "af_heart"; null if it is not supported.</summary>
    public static KokoroLanguage? Of(string voice) => All.FirstOrDefault(language => voice.StartsWith(language.Letter));

    /// <summary>The language of a BCP-47 code; null if it is not supported.</summary>
    public static KokoroLanguage? Find(string code) =>
        All.FirstOrDefault(language => language.Code.Equals(code, StringComparison.OrdinalIgnoreCase))
        ?? All.FirstOrDefault(language => Neural.VoiceLanguage.IsSame(language.Code, code));
}

namespace Parley.Speech.Synthesis.Kokoro;

/// <summary>Chooses Kokoro voices for the names of the service.</summary>
internal sealed class KokoroCast
{
    /// <param name="names">The installed voices; those of other languages are left out.</param>
    /// <exception cref="InvalidOperationException">No voice has a supported language.</exception>
    public KokoroCast(IEnumerable<string> names)
    {
        Names = [.. names.Where(static name => KokoroLanguage.Of(name) is not null)];
        if (Names.Count == 0)
            throw new InvalidOperationException("The Kokoro voices speak Japanese or Chinese only, which needs dictionaries that are not here. Add a voice such as af_heart.");
        Languages = [.. KokoroLanguage.All.Where(language => Names.Any(name => name.StartsWith(language.Letter)))];
    }

    /// <summary>The voices, by name.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Their languages.</summary>
    public IReadOnlyList<KokoroLanguage> Languages { get; }

    public bool Has(string name) => Names.Contains(name);

    /// <summary>
    /// Chooses a voice: the configured one if it speaks the language; otherwise the one with the same name; otherwise one of the same gender,
    /// the same for the same name whenever the same voices are installed.
    /// </summary>
    /// <param name="voice">What the session asks for.</param>
    /// <param name="configured">The configured voice; empty for none.</param>
    public string Choose(SpeechVoice voice, string configured)
    {
        var wanted = voice.Language.Length == 0 ? KokoroLanguage.Of(configured) ?? Languages[0] : KokoroLanguage.Find(voice.Language);
        if (Has(configured) && (wanted is null || Neural.VoiceLanguage.IsSame(KokoroLanguage.Of(configured)!.Code, wanted.Code)))
            return configured;
        var language = Languages.FirstOrDefault(known => known == wanted)
            ?? Languages.FirstOrDefault(known => wanted is not null && Neural.VoiceLanguage.IsSame(known.Code, wanted.Code)) ?? Languages[0];
        var all = Names.Where(name => name.StartsWith(language.Letter)).ToList();
        if (all.Find(name => name[3..].Equals(voice.Name, StringComparison.OrdinalIgnoreCase)) is { } namesake)
            return namesake;
        var gender = all.Where(name => name[1] == (voice.Gender == VoiceGender.Female ? 'f' : 'm')).ToList();
        return gender.Count > 0 ? gender[Espeak.EspeakVoices.NumberOf(voice) % gender.Count] : all[0];
    }
}

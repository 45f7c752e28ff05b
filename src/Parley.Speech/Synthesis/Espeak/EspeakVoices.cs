namespace Parley.Speech.Synthesis.Espeak;

/// <summary>Maps languages and voices to those of espeak-ng.</summary>
internal static class EspeakVoices
{
    private const int WordsPerMinute = 165;
    private const int MiddlePitch = 50;
    private const int PitchStep = 13;

    private static readonly string[] FemaleVariants = ["f1", "f2", "f3", "f4", "f5"];
    private static readonly string[] MaleVariants = ["m1", "m2", "m3", "m4", "m5", "m6", "m7"];

    // Languages that espeak-ng names differently, or for which it has regional voices only.
    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["zh"] = "cmn", ["zh-hk"] = "yue", ["zh-yue"] = "yue", ["no"] = "nb", ["iw"] = "he", ["in"] = "id", ["en"] = "en-us", ["fr"] = "fr-fr",
        ["es-us"] = "es-419", ["es-mx"] = "es-419", ["es-ar"] = "es-419", ["es-co"] = "es-419", ["pt-pt"] = "pt",
    };

    /// <summary>Finds the voice of a language.</summary>
    /// <param name="language">A BCP-47 code.</param>
    /// <param name="known">The languages of espeak-ng, in lower case.</param>
    /// <returns>The best match; null if there is none.</returns>
    public static string? Match(string language, IReadOnlySet<string> known)
    {
        var tag = language.ToLowerInvariant().Replace('_', '-');
        while (tag.Length > 0)
        {
            if (Aliases.TryGetValue(tag, out var alias) && known.Contains(alias))
                return alias;
            if (known.Contains(tag))
                return tag;
            tag = tag[..Math.Max(0, tag.LastIndexOf('-'))];
        }
        return null;
    }

    /// <summary>Returns variant, pitch (0 to 99) and words per minute of a voice, distinct for each name in any language.</summary>
    public static (string Variant, int Pitch, int Rate) For(SpeechVoice voice)
    {
        var variants = voice.Gender == VoiceGender.Female ? FemaleVariants : MaleVariants;
        var number = NumberOf(voice);
        var pitch = MiddlePitch + (PitchStep * ((number / variants.Length % 3) - 1)) + (int)MathF.Round(30 * (voice.PitchShift - 1));
        var rate = WordsPerMinute / Math.Clamp(voice.Stretch, 0.5f, 2);
        return (variants[number % variants.Length], Math.Clamp(pitch, 0, 99), (int)MathF.Round(rate));
    }

    /// <summary>The index of a voice among those of its gender; for a custom name, a stable number.</summary>
    public static int NumberOf(SpeechVoice voice)
    {
        var number = 0;
        foreach (var known in VoiceCatalog.All)
        {
            if (known.Name == voice.Name)
                return number;
            else if (known.Gender == voice.Gender)
                number++;
        }

        return voice.Name.Aggregate(17, (hash, c) => unchecked((hash * 31) + c) & 0xFFFF);
    }
}

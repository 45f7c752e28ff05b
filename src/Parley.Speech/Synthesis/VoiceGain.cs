namespace Parley.Speech.Synthesis;

/// <summary>
/// What brings each voice of the catalogue to the common loudness, in decibels, for each engine. Measured once, with <c>voices</c> of
/// bench/Parley.Bench.Speech; a change of a voice needs another measurement.
/// </summary>
internal static class VoiceGain
{
    // "kal16" is quiet and has high peaks: it stays half a decibel below the others, so that none is clipped.
    private static readonly Dictionary<string, (float Flite, float Espeak)> Decibels = new()
    {
        ["Zephyr"] = (-7.0f, -2.1f), ["Puck"] = (-0.2f, 0.6f), ["Charon"] = (-0.2f, 0.7f), ["Kore"] = (-5.7f, -2.2f),
        ["Fenrir"] = (-1.8f, -0.9f), ["Leda"] = (-7.3f, -1.1f), ["Orus"] = (-0.3f, -0.5f), ["Aoede"] = (-6.4f, -1.8f),
        ["Callirrhoe"] = (-5.9f, -0.9f), ["Autonoe"] = (-7.3f, -2.7f), ["Enceladus"] = (6.4f, -0.1f), ["Iapetus"] = (-0.4f, -0.4f),
        ["Umbriel"] = (-1.6f, -1.7f), ["Algieba"] = (6.4f, -0.1f), ["Despina"] = (-6.5f, -2.9f), ["Erinome"] = (-7.1f, -1.6f),
        ["Algenib"] = (6.4f, 0.2f), ["Rasalgethi"] = (-0.4f, -1.4f), ["Laomedeia"] = (-7.4f, -2.6f), ["Achernar"] = (-6.6f, -1.6f),
        ["Alnilam"] = (-0.1f, -0.9f), ["Schedar"] = (-0.3f, -0.5f), ["Gacrux"] = (-4.8f, -3.1f), ["Pulcherrima"] = (-7.0f, -3.4f),
        ["Achird"] = (-1.6f, -1.0f), ["Zubenelgenubi"] = (-1.4f, -2.1f), ["Vindemiatrix"] = (-5.7f, -2.0f), ["Sadachbia"] = (-2.0f, -0.6f),
        ["Sadaltager"] = (-0.4f, -0.6f), ["Sulafat"] = (-6.4f, -3.0f),
    };

    // Voices that are not in the catalogue have the gain of their speaker.
    private static readonly Dictionary<string, float> Speakers = new() { ["slt"] = -6.4f, ["rms"] = -0.3f, ["awb"] = -1.6f, ["kal16"] = 6.4f };

    /// <summary>The factor for samples of flite.</summary>
    public static float OfFlite(SpeechVoice voice) =>
        Factor(IsKnown(voice, out var known) ? known.Flite : Speakers.GetValueOrDefault(voice.BaseVoice, 0));

    /// <summary>The factor for samples of espeak-ng.</summary>
    public static float OfEspeak(SpeechVoice voice) =>
        Factor(Decibels.TryGetValue(voice.Name, out var known) ? known.Espeak : voice.Gender == VoiceGender.Female ? -2 : -0.8f);

    // A voice with a name of the catalogue may have been given another speaker.
    private static bool IsKnown(SpeechVoice voice, out (float Flite, float Espeak) decibels)
    {
        decibels = default;
        return VoiceCatalog.TryGet(voice.Name, out var original) && original.BaseVoice == voice.BaseVoice && Decibels.TryGetValue(voice.Name, out decibels);
    }

    private static float Factor(float decibels) => MathF.Pow(10, decibels / 20);
}

namespace Parley.Speech;

/// <summary>Whose voice it resembles.</summary>
public enum VoiceGender
{
    /// <summary>A woman's.</summary>
    Female,

    /// <summary>A man's.</summary>
    Male,
}

/// <summary>A voice, as parameters that a synthesizer follows as far as it can.</summary>
public sealed record SpeechVoice
{
    /// <summary>The name it is asked for by.</summary>
    public required string Name { get; init; }

    /// <summary>One word on its manner, for lists.</summary>
    public string Character { get; init; } = "";

    /// <summary>Whose voice it resembles.</summary>
    public VoiceGender Gender { get; init; }

    /// <summary>BCP-47 code of the language it speaks. Default "en-US"; empty = found out from each text.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>The recorded speaker it is made from: of flite "slt", "rms", "awb" or "kal16". Default "rms".</summary>
    public string BaseVoice { get; init; } = "rms";

    /// <summary>Length of the speech over that of the speaker; above 1 is slower. Taken between 0.5 and 2, default 1.</summary>
    public float Stretch { get; init; } = 1;

    /// <summary>Pitch over that of the speaker, without a change of timbre. "rms" ignores it. Taken between 0.5 and 2, default 1.</summary>
    public float PitchShift { get; init; } = 1;

    /// <summary>
    /// Pitch and formants together over those of the speaker, without a change of speed: below 1 is a larger body.
    /// Rounded to hundredths, taken between 0.8 and 1.25, default 1. "slt" stays clear from 0.88 to 1.02, the men from 0.97 to 1.12.
    /// </summary>
    public float Warp { get; init; } = 1;
}

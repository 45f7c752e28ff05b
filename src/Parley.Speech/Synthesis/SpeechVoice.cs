namespace Parley.Speech;

/// <summary>Gender of a voice.</summary>
public enum VoiceGender
{
    /// <summary>A female voice.</summary>
    Female,

    /// <summary>A male voice.</summary>
    Male,
}

/// <summary>A voice, described by parameters; synthesizers use those they support.</summary>
public sealed record SpeechVoice
{
    /// <summary>The name by which a setup selects it.</summary>
    public required string Name { get; init; }

    /// <summary>One word that characterizes it, for lists.</summary>
    public string Character { get; init; } = "";

    /// <summary>Gender of the voice.</summary>
    public VoiceGender Gender { get; init; }

    /// <summary>BCP-47 code of the language it speaks. Default "en-US"; empty to detect it from each text.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>The recorded speaker: for flite "slt", "rms", "awb" or "kal16". Default "rms".</summary>
    public string BaseVoice { get; init; } = "rms";

    /// <summary>Duration relative to the speaker's own; above 1 is slower. Clamped to 0.5 to 2, default 1.</summary>
    public float Stretch { get; init; } = 1;

    /// <summary>
    /// Pitch relative to the speaker's own, without a change of timbre. "rms" ignores it. Clamped to 0.5 to 2, default 1.
    /// </summary>
    public float PitchShift { get; init; } = 1;

    /// <summary>
    /// Pitch and formants together, relative to the speaker's own, without a change of speed: below 1 sounds like a larger person.
    /// Rounded to hundredths, clamped to 0.8 to 1.25, default 1. "slt" stays clear from 0.88 to 1.02, the male speakers from 0.97 to 1.12.
    /// </summary>
    public float Warp { get; init; } = 1;
}

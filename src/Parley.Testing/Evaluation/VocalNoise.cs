namespace Parley.Testing;

/// <summary>A noise that a caller makes with the voice.</summary>
public enum VocalNoise
{
    /// <summary>Two short bursts.</summary>
    Cough,

    /// <summary>A row of voiced syllables that fades.</summary>
    Laugh,

    /// <summary>A low rough sound.</summary>
    ThroatClearing,
}

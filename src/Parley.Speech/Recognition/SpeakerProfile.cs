namespace Parley.Speech;

/// <summary>
/// Acoustic adaptation to one speaker at one microphone, kept from utterance to utterance. It contains nothing about what was said.
/// Create one for each session and pass it with each <see cref="RecognitionRequest"/>, so that sessions do not affect each other.
/// </summary>
public sealed class SpeakerProfile
{
    private float[] _features = [];
    private string? _language;

    /// <summary>The cepstral mean of pocketsphinx; empty at first.</summary>
    internal float[] Features
    {
        get => Volatile.Read(ref _features);
        set => Volatile.Write(ref _features, value);
    }

    /// <summary>The language that a recognizer detected, in its own code; null if it did not yet.</summary>
    internal string? Language
    {
        get => Volatile.Read(ref _language);
        set => Volatile.Write(ref _language, value);
    }
}

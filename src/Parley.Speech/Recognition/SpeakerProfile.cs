namespace Parley.Speech;

/// <summary>
/// What recognizers learn of one speaker at one microphone from utterance to utterance; nothing at first, and nothing that tells what was said. Make one for
/// each session, pass it with each of its <see cref="RecognitionRequest"/>s, and nobody is heard by the measure of somebody else.
/// </summary>
public sealed class SpeakerProfile
{
    private float[] _features = [];

    /// <summary>Pocketsphinx's mean of the features heard; empty for a stranger.</summary>
    internal float[] Features
    {
        get => Volatile.Read(ref _features);
        set => Volatile.Write(ref _features, value);
    }
}

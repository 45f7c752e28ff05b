namespace Parley.Speech.Worker;

/// <summary>Speaks short texts. Calls block while the text is spoken; one thread at a time, unless the engine says otherwise.</summary>
internal interface ISpeaker : IDisposable
{
    /// <summary>Speaks a text until it is finished or the listener has had enough.</summary>
    /// <param name="text">Clean ASCII text; its analysis comes before the first sound and cannot be stopped.</param>
    /// <param name="baseVoice">Name of the speaker; another one speaks where it is not installed.</param>
    /// <param name="stretch">Length over the speaker's.</param>
    /// <param name="pitch">Pitch over the speaker's.</param>
    /// <param name="listener">Gets the sound as it is made.</param>
    void Speak(string text, string baseVoice, float stretch, float pitch, IFliteListener listener);
}

namespace Parley.Speech.Worker.Synthesis;

/// <summary>Speaks short texts. Calls block while the text is spoken; one thread at a time, unless the engine allows more.</summary>
internal interface ISpeaker : IDisposable
{
    /// <summary>Speaks a text until it is finished or the listener stops it.</summary>
    /// <param name="text">Clean ASCII text; its analysis precedes the first audio and cannot be stopped.</param>
    /// <param name="baseVoice">Name of the speaker; another one is used if it is not installed.</param>
    /// <param name="stretch">Duration relative to the speaker's own.</param>
    /// <param name="pitch">Pitch relative to the speaker's own.</param>
    /// <param name="listener">Receives the audio while it is made.</param>
    void Speak(string text, string baseVoice, float stretch, float pitch, IFliteListener listener);
}

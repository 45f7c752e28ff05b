namespace Parley.Speech;

/// <summary>What is known of an utterance beforehand.</summary>
public sealed record RecognitionRequest
{
    /// <summary>BCP-47 code of the language spoken; null for the default of the recognizer.</summary>
    public string? Language { get; init; }

    /// <summary>
    /// Sentences the user is likely to say, each the right-hand side of a JSGF rule, such as
    /// <c>(turn | switch) [the] lights (on | off)</c>. A hint: they never limit what can be recognized, and recognizers may ignore them.
    /// </summary>
    public IReadOnlyList<string> Phrases { get; init; } = [];

    /// <summary>
    /// The speaker: the same object for all utterances of one speaker at one microphone, so that an adaptive recognizer can continue from
    /// the
    /// last one. Null for an unknown speaker.
    /// </summary>
    public SpeakerProfile? Speaker { get; init; }

    /// <summary>
    /// Called with the partial transcript each time it changes; the whole text, not the difference. Called from a thread of the
    /// recognizer, one call at a time, never after <see cref="IRecognition.FinishAsync"/> returned; it must not block. An exception
    /// ends the utterance and is rethrown by <see cref="IRecognition.FinishAsync"/>. Null for no partial results.
    /// </summary>
    public Action<string>? Partial { get; init; }
}

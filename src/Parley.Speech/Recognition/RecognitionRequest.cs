namespace Parley.Speech;

/// <summary>What is known of an utterance before it is heard.</summary>
public sealed record RecognitionRequest
{
    /// <summary>BCP-47 code of the language spoken; null = the recognizer's own default.</summary>
    public string? Language { get; init; }

    /// <summary>
    /// Sentences the speaker is likely to say, each the right-hand side of a JSGF rule, such as
    /// <c>(turn | switch) [the] lights (on | off)</c>. They help where the recognizer can use them and never limit what can be said.
    /// </summary>
    public IReadOnlyList<string> Phrases { get; init; } = [];

    /// <summary>
    /// Who speaks: the same object for all utterances of one speaker at one microphone, so that a recognizer that learns can go on from the last of them.
    /// Null = a stranger.
    /// </summary>
    public SpeakerProfile? Speaker { get; init; }

    /// <summary>
    /// Told what the utterance says so far, each time it changes; the whole text, not the difference. Called from a thread of the
    /// recognizer, one call at a time, never after <see cref="IRecognition.FinishAsync"/> gave its transcript; it must not block.
    /// What it throws ends the utterance and comes out of <see cref="IRecognition.FinishAsync"/>. Null = not wanted.
    /// </summary>
    public Action<string>? Partial { get; init; }
}

namespace Parley.Speech.Worker;

/// <summary>
/// Turns one utterance after another into text. Calls block while the engine works; one thread at a time. Any exception means that the
/// utterance is lost, not that the decoder is.
/// </summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Begins an utterance; one that was not finished is given up.</summary>
    /// <param name="phrases">Right-hand sides of JSGF rules that the speaker is likely to say.</param>
    /// <param name="speaker">What <see cref="Finish"/> gave for the speaker's last utterance; empty for a stranger.</param>
    /// <returns>A sentence for each phrase that was left out.</returns>
    IReadOnlyList<string> Begin(IReadOnlyList<string> phrases, ReadOnlySpan<float> speaker);

    /// <summary>Takes the next sound.</summary>
    /// <param name="samples">16 kHz mono.</param>
    /// <returns>What the utterance says so far.</returns>
    string Accept(ReadOnlySpan<short> samples);

    /// <summary>Ends the utterance and says what was said.</summary>
    Decoded Finish();
}

/// <summary>An utterance at its end.</summary>
/// <param name="Text">What was said.</param>
/// <param name="Speaker">What was learned of the speaker, for the next utterance; empty where the engine learns nothing.</param>
internal readonly record struct Decoded(string Text, float[] Speaker);

namespace Parley.Speech.Worker.Recognition;

/// <summary>
/// Turns one utterance after another into text. Calls block while the engine works; one thread at a time. An exception means that the
/// utterance is lost; the decoder stays usable.
/// </summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Begins an utterance; an unfinished one is discarded.</summary>
    /// <param name="phrases">Right-hand sides of JSGF rules that the speaker is likely to say.</param>
    /// <param name="speaker">The result of <see cref="Finish"/> for the speaker's last utterance; empty for an unknown speaker.</param>
    /// <returns>A sentence for each skipped phrase.</returns>
    IReadOnlyList<string> Begin(IReadOnlyList<string> phrases, ReadOnlySpan<float> speaker);

    /// <summary>Processes more audio.</summary>
    /// <param name="samples">16 kHz mono.</param>
    /// <returns>The transcript so far.</returns>
    string Accept(ReadOnlySpan<short> samples);

    /// <summary>Returns the transcript as if the utterance ended now; it continues.</summary>
    string Peek();

    /// <summary>Ends the utterance and returns its transcript.</summary>
    Decoded Finish();
}

/// <summary>A decoded utterance.</summary>
/// <param name="Text">The transcript.</param>
/// <param name="Speaker">The speaker profile for the next utterance; empty if the engine does not adapt.</param>
internal readonly record struct Decoded(string Text, float[] Speaker);

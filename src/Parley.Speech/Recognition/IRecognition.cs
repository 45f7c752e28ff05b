namespace Parley.Speech;

/// <summary>Recognition of one utterance. Call accept, finish and dispose from one thread at a time; none of them blocks.</summary>
public interface IRecognition : IAsyncDisposable
{
    /// <summary>Adds audio of the utterance.</summary>
    /// <param name="samples">16 kHz mono PCM16, any number of samples; copied.</param>
    void Accept(ReadOnlySpan<short> samples);

    /// <summary>
    /// Returns the transcript as it would be if the utterance ended now; the utterance continues. Used in a pause of the speaker, to prepare
    /// an answer before it is certain that the turn is over. One call at a time; it may be called again later.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting; the utterance continues.</param>
    /// <returns>The transcript; null if this engine has none before the end (the default), or if the utterance has ended meanwhile.</returns>
    ValueTask<Transcript?> PeekAsync(CancellationToken cancellationToken = default) => new((Transcript?)null);

    /// <summary>Ends the utterance and returns its transcript. Call it once; no audio is accepted afterwards.</summary>
    /// <param name="cancellationToken">Abandons the utterance.</param>
    /// <exception cref="SpeechEngineException">The engine failed; the audio was valid.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default);
}

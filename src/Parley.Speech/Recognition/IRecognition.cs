namespace Parley.Speech;

/// <summary>Recognition of one utterance. Call accept, finish and dispose from one thread at a time; none of them blocks.</summary>
public interface IRecognition : IAsyncDisposable
{
    /// <summary>Adds audio of the utterance.</summary>
    /// <param name="samples">16 kHz mono PCM16, any number of samples; copied.</param>
    void Accept(ReadOnlySpan<short> samples);

    /// <summary>Ends the utterance and returns its transcript. Call it once; no audio is accepted afterwards.</summary>
    /// <param name="cancellationToken">Abandons the utterance.</param>
    /// <exception cref="SpeechEngineException">The engine failed; the audio was valid.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default);
}

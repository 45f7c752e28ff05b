namespace Parley.Speech;

/// <summary>One utterance on its way to text. Accept, finish and dispose from one thread at a time; none of them blocks.</summary>
public interface IRecognition : IAsyncDisposable
{
    /// <summary>Takes the next sound of the utterance.</summary>
    /// <param name="samples">16 kHz mono PCM16, any number of samples; copied.</param>
    void Accept(ReadOnlySpan<short> samples);

    /// <summary>The utterance is over: says what was said. To be called once; nothing is accepted after it.</summary>
    /// <param name="cancellationToken">Gives the utterance up.</param>
    /// <exception cref="SpeechEngineException">The engine failed; the sound was good.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default);
}

namespace Parley.Speech;

/// <summary>Stands where no recognizer is: every utterance is understood as nothing.</summary>
public sealed class AbsentRecognizer : ISpeechRecognizer
{
    /// <inheritdoc/>
    public string Name => "none";

    /// <inheritdoc/>
    public IRecognition Start(RecognitionRequest request) => new Nothing();

    private sealed class Nothing : IRecognition
    {
        public void Accept(ReadOnlySpan<short> samples)
        {
        }

        public ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<Transcript>(cancellationToken) : new(Transcript.Empty);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

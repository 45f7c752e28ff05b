namespace Parley.Speech.Recognition;

/// <summary>Used if there is no recognizer: every transcript is empty.</summary>
internal sealed class AbsentRecognizer : ISpeechRecognizer
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

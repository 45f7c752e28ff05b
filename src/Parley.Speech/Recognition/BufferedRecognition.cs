namespace Parley.Speech.Recognition;

/// <summary>An utterance for an engine that takes it as a whole, at its end. There are no partial results.</summary>
internal sealed class BufferedRecognition(Func<ReadOnlyMemory<short>, CancellationToken, Task<Transcript>> recognize) : IRecognition
{
    // Not returned to its pool: a recognition that was cancelled may still read it.
    private readonly UtteranceAudio _audio = new();
    private bool _finished;

    public void Accept(ReadOnlySpan<short> samples)
    {
        if (_finished)
            throw new InvalidOperationException("The utterance is finished; no audio can be added.");
        _audio.Append(samples);
    }

    public async ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default)
    {
        if (_finished)
            throw new InvalidOperationException("The utterance is finished already.");
        _finished = true;
        return _audio.Count == 0 ? Transcript.Empty : await recognize(_audio.All, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _finished = true;
        return ValueTask.CompletedTask;
    }
}

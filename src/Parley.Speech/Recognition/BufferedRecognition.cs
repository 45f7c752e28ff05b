namespace Parley.Speech.Recognition;

/// <summary>An utterance for an engine that takes it as a whole, at its end. There are no partial results.</summary>
internal sealed class BufferedRecognition(Func<ReadOnlyMemory<short>, CancellationToken, Task<Transcript>> recognize) : IRecognition
{
    // The limit of the streaming recognizer too: five minutes.
    private const int MaxSamples = 5 * 60 * 16_000;

    private short[] _sound = [];
    private int _count;
    private bool _finished;

    public void Accept(ReadOnlySpan<short> samples)
    {
        if (_finished)
            throw new InvalidOperationException("The utterance is finished; no audio can be added.");
        samples = samples[..Math.Min(samples.Length, MaxSamples - _count)];
        if (_sound.Length - _count < samples.Length)
            Array.Resize(ref _sound, Math.Max(2 * _sound.Length, _count + Math.Max(samples.Length, 32_000)));
        samples.CopyTo(_sound.AsSpan(_count));
        _count += samples.Length;
    }

    public async ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default)
    {
        if (_finished)
            throw new InvalidOperationException("The utterance is finished already.");
        _finished = true;
        return _count == 0 ? Transcript.Empty : await recognize(_sound.AsMemory(0, _count), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        (_finished, _sound, _count) = (true, [], 0);
        return ValueTask.CompletedTask;
    }
}

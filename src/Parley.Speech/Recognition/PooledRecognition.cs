namespace Parley.Speech.Recognition;

/// <summary>
/// One utterance: filled by a session, read by the decoder it gets. All of its audio is kept until it is recognized, so that it can
/// wait for a decoder, be parked in favour of others, or restart in another process if one dies.
/// </summary>
internal sealed class PooledRecognition(DecoderPool pool, RecognitionRequest request, TimeProvider timeProvider) : IRecognition
{
    // Small enough that little is left at the end of speech, large enough that not every packet is a request to a worker. Always the same
    // size: the transcript depends on the chunks, and must not depend on how busy the machine is.
    private const int Chunk = 640;

    private static readonly TimeSpan ParkedAfter = TimeSpan.FromSeconds(2);

    private readonly object _lock = new(); // A monitor, not a Lock: the decoder's thread waits on it for audio.
    private readonly TaskCompletionSource<Transcript> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly UtteranceAudio _audio = new();
    private long _lastSound;
    private bool _submitted;
    private bool _finished;
    private TaskCompletionSource<Transcript?>? _peek;
    private bool _abandoned;
    private bool _park;
    private bool _ended;
    private string _partial = "";
    private int _partialAt;

    /// <summary>Results of <see cref="Take"/>.</summary>
    internal enum Taken
    {
        Audio,
        Peek,
        End,
        Abandoned,
        Parked,
    }

    /// <summary>How urgently the caller waits: 2 for the final transcript, 1 for the one so far, 0 for partial ones.</summary>
    internal int Urgency => Volatile.Read(ref _finished) ? 2 : Volatile.Read(ref _peek) is not null ? 1 : 0;

    public IReadOnlyList<string> Phrases => request.Phrases;

    public float[] Speaker => request.Speaker?.Features ?? [];

    public void Accept(ReadOnlySpan<short> samples)
    {
        if (samples.IsEmpty)
            return;
        var isFirst = false;
        lock (_lock)
        {
            if (_finished)
                throw new InvalidOperationException("The utterance is finished; no audio can be added.");
            if (_abandoned || _ended)
                return;
            _audio.Append(samples);
            _lastSound = timeProvider.GetTimestamp();
            isFirst = !_submitted;
            _submitted = true;
            Monitor.Pulse(_lock);
        }
        if (isFirst)
            pool.Submit(this);
        else
            pool.MakeRoom();
    }

    public async ValueTask<Transcript?> PeekAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource<Transcript?> peek;
        lock (_lock)
        {
            if (!_submitted || _finished || _abandoned || _ended)
                return null;
            peek = _peek ??= new TaskCompletionSource<Transcript?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Monitor.Pulse(_lock);
        }
        return await peek.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default)
    {
        bool submit;
        lock (_lock)
        {
            if (_finished)
                throw new InvalidOperationException("The utterance is finished already.");
            _finished = true;
            EndPeek(null);
            if (_audio.Count == 0 && !_submitted && !_ended)
                return Transcript.Empty;
            submit = !_submitted && !_ended;
            _submitted = true;
            Monitor.Pulse(_lock);
        }
        if (submit)
            pool.Submit(this);
        try
        {
            return await _result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Abandon();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for audio after a position; on the thread of a decoder.</summary>
    internal Taken Take(int position, Span<short> chunk, out int taken)
    {
        taken = 0;
        lock (_lock)
        {
            while (true)
            {
                if (_abandoned)
                    return Taken.Abandoned;
                var available = _audio.Count - position;
                if (available >= Chunk || ((_finished || _peek is not null) && available > 0))
                {
                    taken = Math.Min(Math.Min(available, Chunk), chunk.Length);
                    _audio.CopyTo(chunk[..taken], position);
                    return Taken.Audio;
                }
                if (_finished)
                    return Taken.End;
                if (_peek is not null)
                    return Taken.Peek;
                if (_park)
                {
                    _park = _submitted = false;
                    return Taken.Parked;
                }
                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>Parks the utterance if its speaker has paused; it continues with the next audio.</summary>
    internal bool TryPark()
    {
        lock (_lock)
        {
            if (_finished || _abandoned || timeProvider.GetElapsedTime(_lastSound) < ParkedAfter)
                return false;
            _park = true;
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Reports the transcript so far if it is new; a decoder that starts over catches up without reports.</summary>
    internal void Report(string partial, int position)
    {
        if (position < _partialAt || partial.Length == 0 || partial == _partial || Volatile.Read(ref _abandoned))
            return;
        (_partial, _partialAt) = (partial, position);
        try
        {
            request.Partial?.Invoke(partial);
        }
        catch (Exception e) // An exception of the caller: it is returned to the caller, and the decoder is kept.
        {
            Fail(e);
            Abandon();
        }
    }

    /// <summary>Reports the transcript that was asked for in the middle of the utterance.</summary>
    internal void Peeked(string text)
    {
        lock (_lock)
            EndPeek(new Transcript(text));
    }

    internal void Complete(Transcript transcript, float[] speaker)
    {
        // Do not adapt to non-speech.
        if (transcript.Text.Length > 0 && request.Speaker is { } known)
            known.Features = speaker;
        End();
        _result.TrySetResult(transcript);
    }

    internal void Fail(Exception exception)
    {
        End();
        _result.TrySetException(exception);
        // Mark the exception as observed: maybe nothing awaits the result.
        _ = _result.Task.Exception;
    }

    internal void Abandon()
    {
        lock (_lock)
        {
            _abandoned = true;
            EndPeek(null);
            if (!_submitted)
                _audio.Release();
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Releases the audio: no decoder needs it any more.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _ended = true;
            EndPeek(null);
            _audio.Release();
        }
    }

    private void EndPeek(Transcript? transcript)
    {
        _peek?.TrySetResult(transcript);
        _peek = null;
    }
}

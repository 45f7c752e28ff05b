using Parley.Speech.Whisper.Decoding;
using Parley.Speech.Workers;

namespace Parley.Speech.Whisper.Streaming;

/// <summary>
/// The passes of all sessions that wait for the one model, and the thread that gives them to it. A final pass comes before all partial
/// ones and takes the place of a partial one that is running. Each utterance has at most one pass here, and few partial ones may wait, so
/// the queue is bounded by the number of sessions: partial results become rarer under load, final ones only wait for each other.
/// </summary>
internal sealed class DecodeQueue : IDisposable
{
    /// <summary>The most partial passes that wait; another one is refused.</summary>
    public const int MaxWaitingPartials = 8;

    /// <summary>How often a final pass is decoded if its decoder dies.</summary>
    public const int MaxAttempts = 2;

    private readonly Supervisor<IWhisperDecoder> _decoder;
    private readonly int _threads;
    private readonly Action<IWhisperDecoder> _loaded;
    private readonly Action<Exception> _lost;
    private readonly object _lock = new(); // A monitor, not a Lock: the thread waits on it for passes.
    private readonly LinkedList<DecodeTask> _finals = [];
    private readonly LinkedList<DecodeTask> _partials = [];
    private readonly short[] _audio = new short[DecodeRequest.MaxSamples];
    private DecodeTask? _running;
    private int _number;
    private int _dropped;
    private bool _disposed;

    /// <summary>Starts the thread, which loads the model.</summary>
    /// <param name="start">Creates a decoder; blocks while its model loads.</param>
    /// <param name="threads">Threads of the computation.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loaded">Called once with the loaded decoder, before the first pass.</param>
    /// <param name="lost">Called for each failed decoder.</param>
    public DecodeQueue(Func<IWhisperDecoder> start, int threads, TimeProvider timeProvider, Action<IWhisperDecoder> loaded, Action<Exception> lost)
    {
        (_threads, _loaded, _lost) = (threads, loaded, lost);
        _decoder = new Supervisor<IWhisperDecoder>(start, timeProvider);
        new Thread(Work) { IsBackground = true, Name = "Parley whisper" }.Start();
    }

    /// <summary>The process of the model; 0 if it is not loaded, or in this process.</summary>
    public int ProcessId => _decoder.Current?.ProcessId ?? 0;

    /// <summary>Numbers of passes that wait, of partial passes refused or cancelled since the start, and of decoders replaced.</summary>
    public (int Waiting, int Dropped, int Restarts) Counts
    {
        get
        {
            lock (_lock)
                return (_finals.Count + _partials.Count, _dropped, _decoder.Restarts);
        }
    }

    /// <summary>Queues a pass.</summary>
    /// <returns>False if it is a partial one and too many wait; it is then forgotten.</returns>
    public bool Submit(DecodeTask task)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!task.IsFinal && _partials.Count >= MaxWaitingPartials)
            {
                _dropped++;
                return false;
            }
            (task.IsFinal ? _finals : _partials).AddLast(task);
            if (task.IsFinal)
                Preempt();
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Somebody waits for this partial pass now.</summary>
    public void Promote(DecodeTask task)
    {
        lock (_lock)
        {
            if (task.IsFinal)
                return;
            task.IsFinal = true;
            if (!_partials.Remove(task))
                return;
            _finals.AddLast(task);
            Preempt();
        }
    }

    /// <summary>Nobody needs this pass any more. If it runs, it ends early and is reported as cancelled; otherwise it is forgotten.</summary>
    /// <returns>Whether it is forgotten.</returns>
    public bool Cancel(DecodeTask task)
    {
        lock (_lock)
        {
            if (_running == task)
                _decoder.Current?.Cancel(_number);
            return _running != task && (_finals.Remove(task) || _partials.Remove(task));
        }
    }

    /// <summary>Ends the decoder. Open passes fail.</summary>
    public void Dispose()
    {
        DecodeTask[] open;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            open = [.. _finals, .. _partials];
            _finals.Clear();
            _partials.Clear();
            Monitor.PulseAll(_lock);
        }
        _decoder.Dispose();
        foreach (var task in open)
            task.Owner.Completed(task, null, new ObjectDisposedException(nameof(DecodeQueue)));
    }

    private void Preempt()
    {
        if (_running is not { IsFinal: false })
            return;
        _dropped++;
        _decoder.Current?.Cancel(_number);
    }

    private void Work()
    {
        try
        {
            _loaded(_decoder.Get());
            _decoder.Succeeded();
        }
        catch (Exception e) // Logged now, and reported to the first utterance that needs it.
        {
            Lost(e);
        }

        while (Next() is { } task)
            Run(task);
    }

    private DecodeTask? Next()
    {
        lock (_lock)
        {
            while (true)
            {
                if (_disposed)
                    return null;
                if ((_finals.First ?? _partials.First) is { } first)
                {
                    first.List!.Remove(first);
                    _running = first.Value;
                    _number++;
                    return first.Value;
                }
                Monitor.Wait(_lock);
            }
        }
    }

    private void Run(DecodeTask task)
    {
        var audio = _audio.AsSpan(0, Math.Min(task.To - task.From, _audio.Length));
        var (result, failure) = ((DecodeResult?)null, (Exception?)null);
        try
        {
            result = task.Owner.TryBegin(task, audio, out var request)
                ? Decode(task, request with { Number = _number, Threads = _threads }, audio)
                : DecodeResult.Cancelled;
        }
        catch (Exception e) // The edge of the loop: the owner gets the reason, and the next pass is served.
        {
            failure = e;
        }
        lock (_lock)
            _running = null;
        try
        {
            task.Owner.Completed(task, result, failure);
        }
        catch (Exception e) // An error in what was heard is one of that utterance, and not of this thread.
        {
            task.Owner.Completed(task, null, e);
        }
    }

    // A final pass is decoded once more by a new decoder; for a partial one the next pass is as good.
    private DecodeResult Decode(DecodeTask task, in DecodeRequest request, ReadOnlySpan<short> audio)
    {
        while (true)
        {
            try
            {
                task.Attempts++;
                var result = _decoder.Get().Decode(request, audio);
                _decoder.Succeeded();
                return result;
            }
            catch (ObjectDisposedException)
            {
                throw;
            }
            catch (Exception e) // After any exception the next pass gets a new decoder.
            {
                var isLast = task.Attempts >= MaxAttempts || !task.IsFinal;
                Lost(e);
                if (isLast)
                    throw e as SpeechEngineException ?? new SpeechEngineException($"Recognition failed: {e.Message}", e);
            }
        }
    }

    private void Lost(Exception reason)
    {
        _decoder.Failed(reason);
        if (!Volatile.Read(ref _disposed))
            _lost(reason);
    }
}

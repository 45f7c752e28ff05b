using Parley.Speech.Worker.Recognition;
using Parley.Speech.Workers;

namespace Parley.Speech.Recognition;

/// <summary>
/// A bounded number of decoders, each on its own thread, and the queue of utterances. One more decoder than is in use is kept loaded,
/// so that an utterance rarely waits for a model to load.
/// </summary>
internal sealed class DecoderPool : IDisposable
{
    private readonly int _max;
    private readonly Func<IDecoder> _start;
    private readonly TimeProvider _timeProvider;
    private readonly Action<Exception> _lost;
    private readonly Action<IReadOnlyList<string>> _refused;
    private readonly Action<IDecoder>? _warm;
    private readonly DecodingOrder _order = new(Environment.ProcessorCount);

    private readonly object _lock = new(); // A monitor, not a Lock: idle threads wait on it for utterances.
    private readonly Queue<PooledRecognition> _waiting = [];
    private readonly List<Supervisor<IDecoder>> _decoders = [];
    private readonly List<PooledRecognition> _running = [];
    private bool _disposed;

    /// <summary>Starts the first decoder.</summary>
    /// <param name="max">The maximum number of decoders.</param>
    /// <param name="start">Creates a decoder; blocks while its model loads.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="lost">Called for each failed decoder.</param>
    /// <param name="refused">Called with the reasons for skipped phrases.</param>
    /// <param name="warm">Makes a new decoder do all its work once, before it gets an utterance; null for nothing.</param>
    public DecoderPool(
        int max, Func<IDecoder> start, TimeProvider timeProvider, Action<Exception> lost, Action<IReadOnlyList<string>> refused, Action<IDecoder>? warm = null)
    {
        (_max, _start, _timeProvider, _lost, _refused, _warm) = (max, start, timeProvider, lost, refused, warm);
        lock (_lock)
            Grow();
    }

    /// <summary>Process ids of the loaded decoders.</summary>
    public IReadOnlyList<int> ProcessIds
    {
        get
        {
            lock (_lock)
                return [.. _decoders.Select(decoder => decoder.Current).OfType<RemoteDecoder>().Select(decoder => decoder.ProcessId)];
        }
    }

    /// <summary>Numbers of decoders loaded, in use, and replaced.</summary>
    public (int Loaded, int Busy, int Restarts) Counts
    {
        get
        {
            lock (_lock)
                return (_decoders.Count(decoder => decoder.Current is not null), _running.Count, _decoders.Sum(decoder => decoder.Restarts));
        }
    }

    /// <summary>Queues an utterance for the next free decoder.</summary>
    public void Submit(PooledRecognition utterance)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _waiting.Enqueue(utterance);
                Grow();
                Monitor.PulseAll(_lock);
                ParkOne();
                return;
            }
        }
        utterance.Fail(new ObjectDisposedException(nameof(DecoderPool)));
    }

    /// <summary>If utterances are waiting, parks one whose speaker has paused.</summary>
    public void MakeRoom()
    {
        lock (_lock)
            ParkOne();
    }

    /// <summary>Ends all decoders. Open utterances fail.</summary>
    public void Dispose()
    {
        Supervisor<IDecoder>[] decoders;
        PooledRecognition[] open;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            decoders = [.. _decoders];
            open = [.. _waiting, .. _running];
            _waiting.Clear();
            Monitor.PulseAll(_lock);
        }
        foreach (var decoder in decoders)
            decoder.Dispose();
        foreach (var utterance in open)
        {
            utterance.Fail(new ObjectDisposedException(nameof(DecoderPool)));
            utterance.Abandon();
        }
    }

    private void Grow()
    {
        while (_decoders.Count < _max && _decoders.Count - _running.Count < _waiting.Count + 1)
        {
            var decoder = new Supervisor<IDecoder>(_start, _timeProvider);
            _decoders.Add(decoder);
            new Thread(() => Work(decoder)) { IsBackground = true, Name = $"Parley recognizer {_decoders.Count}" }.Start();
        }
    }

    private void ParkOne()
    {
        if (_waiting.Count == 0 || _running.Count < _max)
            return;
        foreach (var utterance in _running)
        {
            if (utterance.TryPark())
                return;
        }
    }

    private void Work(Supervisor<IDecoder> decoder)
    {
        try
        {
            var loaded = decoder.Get();
            _warm?.Invoke(loaded);
        }
        catch (Exception e) // Logged now, and reported to the first utterance that needs it.
        {
            Lost(decoder, e);
        }

        using var slot = new DecoderSlot(decoder, _order, Lost, _refused);
        while (Next(decoder) is { } utterance)
        {
            slot.Run(utterance);
            lock (_lock)
            {
                _running.Remove(utterance);
                Monitor.PulseAll(_lock);
            }
        }
    }

    private PooledRecognition? Next(Supervisor<IDecoder> decoder)
    {
        lock (_lock)
        {
            PooledRecognition? next;
            while (LeavesToOthers(decoder) || !_waiting.TryDequeue(out next))
            {
                if (_disposed)
                    return null;
                Monitor.Wait(_lock);
            }
            _running.Add(next);
            Grow();
            return next;
        }
    }

    // A decoder that backs off would fail each utterance at once and always be the first one free.
    private bool LeavesToOthers(Supervisor<IDecoder> decoder) => decoder.IsResting && _decoders.Exists(other => !other.IsResting);

    private void Lost(Supervisor<IDecoder> decoder, Exception reason)
    {
        decoder.Failed(reason);
        if (!Volatile.Read(ref _disposed))
            _lost(reason);
    }
}

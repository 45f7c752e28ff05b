using System.Collections.Concurrent;
using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Speech.Synthesis;

/// <summary>
/// A few dedicated threads for synthesis, started on demand, each with its own engine. The thread pool stays free for sockets, because a
/// piece of text occupies a core for tens of milliseconds. Pieces are served in order, so a long text does not block others.
/// </summary>
internal sealed class FliteWorkers(int maxThreads, Func<ISpeaker> start, TimeProvider timeProvider, Action<Exception>? lost = null) : IDisposable
{
    private readonly BlockingCollection<FliteUtterance> _queue = [];
    private readonly Lock _lock = new();
    private readonly List<Supervisor<ISpeaker>> _voices = [];
    private int _open;

    /// <summary>The running engines, and the number of replacements.</summary>
    public (ISpeaker[] Voices, int Restarts) State
    {
        get
        {
            lock (_lock)
                return ([.. _voices.Select(voice => voice.Current).OfType<ISpeaker>()], _voices.Sum(voice => voice.Restarts));
        }
    }

    public void Enqueue(FliteUtterance utterance)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, this);
            _queue.Add(utterance, CancellationToken.None);
            if (++_open > _voices.Count && _voices.Count < maxThreads)
                StartThread();
        }
    }

    /// <summary>Starts the first engine in advance.</summary>
    public void Warm()
    {
        lock (_lock)
        {
            if (_voices.Count == 0)
                StartThread();
        }
    }

    /// <summary>Stops accepting text; the queue is finished, then the threads end.</summary>
    public void Dispose()
    {
        lock (_lock)
            _queue.CompleteAdding();
    }

    private void StartThread()
    {
        var voice = new Supervisor<ISpeaker>(start, timeProvider);
        _voices.Add(voice);
        new Thread(() => Work(voice)) { IsBackground = true, Name = $"Parley flite {_voices.Count}" }.Start();
    }

    private void Work(Supervisor<ISpeaker> voice)
    {
        using var owned = voice;
        try
        {
            voice.Get();
        }
        catch (Exception e) // The first text tries again.
        {
            voice.Failed(e);
            lost?.Invoke(e);
        }

        foreach (var utterance in _queue.GetConsumingEnumerable())
        {
            utterance.Run(voice, lost);
            lock (_lock)
                _open--;
        }
    }
}

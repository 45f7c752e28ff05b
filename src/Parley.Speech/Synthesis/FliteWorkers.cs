using System.Collections.Concurrent;
using Parley.Speech.Worker;

namespace Parley.Speech;

/// <summary>
/// A few threads of their own for synthesis, begun on demand, each with its voice. The thread pool stays free for sockets: a piece of text
/// keeps a core busy for tens of milliseconds. First come, first served, one piece at a time, so no text holds up others.
/// </summary>
internal sealed class FliteWorkers(int maxThreads, Func<ISpeaker> start, TimeProvider timeProvider, Action<Exception>? lost = null) : IDisposable
{
    private readonly BlockingCollection<FliteUtterance> _queue = [];
    private readonly Lock _lock = new();
    private readonly List<Supervisor<ISpeaker>> _voices = [];
    private int _open;

    /// <summary>The voices that run, and how often one was replaced.</summary>
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

    /// <summary>Starts the first voice, so that the first text does not wait for it.</summary>
    public void Warm()
    {
        lock (_lock)
            if (_voices.Count == 0)
                StartThread();
    }

    /// <summary>Takes no more; what is queued is still spoken, then the threads end.</summary>
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
        catch (Exception e) // The first text will find out whether it was a passing trouble.
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

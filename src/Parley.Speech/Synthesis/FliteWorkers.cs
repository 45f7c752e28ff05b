using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Speech.Synthesis;

/// <summary>
/// A few dedicated threads for synthesis, started on demand, each with its own engine. The thread pool stays free for sockets, because a
/// piece of text occupies a core for tens of milliseconds. Pieces that somebody waits for come before those that are synthesized ahead;
/// otherwise they are served in order, so a long text does not block others.
/// </summary>
internal sealed class FliteWorkers(int maxThreads, Func<ISpeaker> start, TimeProvider timeProvider, Action<Exception>? lost = null) : IDisposable
{
    private readonly object _lock = new(); // A monitor, not a Lock: idle threads wait on it for pieces.
    private readonly LinkedList<FliteUtterance> _awaited = [];
    private readonly LinkedList<FliteUtterance> _ahead = [];
    private readonly List<Supervisor<ISpeaker>> _voices = [];
    private bool _ended;
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

    /// <summary>Adds a piece.</summary>
    /// <param name="utterance">The piece.</param>
    /// <param name="isAhead">Whether nobody waits for it yet; <see cref="Await"/> changes that.</param>
    public void Enqueue(FliteUtterance utterance, bool isAhead = false)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            (isAhead ? _ahead : _awaited).AddLast(utterance);
            Monitor.Pulse(_lock);
            if (++_open > _voices.Count && _voices.Count < maxThreads)
                StartThread();
        }
    }

    /// <summary>Somebody waits for a piece now.</summary>
    public void Await(FliteUtterance utterance)
    {
        lock (_lock)
        {
            if (_ahead.Remove(utterance))
                _awaited.AddLast(utterance);
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
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    private FliteUtterance? Next()
    {
        lock (_lock)
        {
            while (true)
            {
                var queue = _awaited.Count > 0 ? _awaited : _ahead;
                if (queue.First is { } first)
                {
                    queue.RemoveFirst();
                    return first.Value;
                }
                if (_ended)
                    return null;
                Monitor.Wait(_lock);
            }
        }
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

        while (Next() is { } utterance)
        {
            utterance.Run(voice, lost);
            lock (_lock)
                _open--;
        }
    }
}

using System.Collections.Concurrent;

namespace Parley.Speech;

/// <summary>
/// A few threads of their own for synthesis, begun on demand. The thread pool stays free for sockets: a piece of text
/// keeps a core busy for tens of milliseconds. First come, first served, one piece at a time, so no text holds up others.
/// </summary>
internal sealed class FliteWorkers(int maxThreads) : IDisposable
{
    private readonly BlockingCollection<FliteUtterance> _queue = [];
    private readonly Lock _lock = new();
    private int _threads;
    private int _open;

    public void Enqueue(FliteUtterance utterance)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, this);
            _queue.Add(utterance, CancellationToken.None);
            if (++_open > _threads && _threads < maxThreads)
                new Thread(Work) { IsBackground = true, Name = $"Parley flite {++_threads}" }.Start();
        }
    }

    /// <summary>Takes no more; what is queued is still spoken, then the threads end.</summary>
    public void Dispose()
    {
        lock (_lock)
            _queue.CompleteAdding();
    }

    private void Work()
    {
        foreach (var utterance in _queue.GetConsumingEnumerable())
        {
            utterance.Run();
            lock (_lock)
                _open--;
        }
    }
}

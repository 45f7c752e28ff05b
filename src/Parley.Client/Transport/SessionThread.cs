using System.Runtime.CompilerServices;

namespace Parley.Client.Transport;

/// <summary>
/// The thread of one session (<see cref="LiveClientOptions.UseSessionThread"/>): the receive loop returns to it with <c>await thread</c>,
/// and <see cref="WaitingStream"/> waits on it for data.
/// </summary>
internal sealed class SessionThread : ICriticalNotifyCompletion
{
    [ThreadStatic]
    private static SessionThread? _current;

    private readonly object _gate = new();
    private Action? _next; // only the receive loop waits for the thread
    private bool _stopped;

    internal SessionThread() => new Thread(Run) { IsBackground = true, Name = "Parley session" }.UnsafeStart();

    /// <summary>Whether the caller runs on the thread of a session.</summary>
    internal static bool IsCurrent => _current is not null;

    public bool IsCompleted => _current == this;

    public SessionThread GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        lock (_gate)
        {
            _next = continuation;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends the thread as soon as it is idle. Nothing may wait for it afterwards.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        _current = this;
        // What runs is the rest of an async method, whose task takes its exceptions.
        while (TakeNext() is { } next)
            next();
    }

    private Action? TakeNext()
    {
        lock (_gate)
        {
            while (_next is null && !_stopped)
                Monitor.Wait(_gate);
            var next = _next;
            _next = null;
            return next;
        }
    }
}

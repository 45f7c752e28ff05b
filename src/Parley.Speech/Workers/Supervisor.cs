namespace Parley.Speech.Workers;

/// <summary>
/// Keeps one engine running for one owner. A failed engine is replaced at once; after repeated failures without a success, restarts back
/// off, and requests in between fail without waiting.
/// </summary>
internal sealed class Supervisor<T>(Func<T> start, TimeProvider timeProvider) : IDisposable
    where T : class, IDisposable
{
    // Twice as many as one bad text or utterance can cause.
    private const int FailuresAtOnce = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private T? _current;
    private int _failures;
    private TimeSpan _pause;
    private long _failedAt;
    private string _lastFailure = "";
    private bool _disposed;

    /// <summary>The running engine, if any.</summary>
    public T? Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    /// <summary>Whether restarts are backing off: no engine is started now.</summary>
    public bool IsResting => _pause > TimeSpan.Zero && timeProvider.GetElapsedTime(_failedAt) < _pause;

    /// <summary>Number of engines replaced.</summary>
    public int Restarts { get; private set; }

    /// <summary>Returns the engine; starts it if necessary.</summary>
    /// <exception cref="SpeechEngineException">It failed too often recently, or does not start.</exception>
    public T Get()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is not null)
                return _current;
            if (IsResting)
                throw new SpeechEngineException($"The engine failed {_failures} times in a row and is not restarted yet. {_lastFailure}");
        }

        var started = start();
        lock (_lock)
        {
            if (!_disposed)
                return _current = started;
        }
        started.Dispose();
        throw new ObjectDisposedException(nameof(Supervisor<>));
    }

    /// <summary>Resets the failure count after a success.</summary>
    public void Succeeded() => _failures = 0;

    /// <summary>Ends an engine that failed or did not start; the next one is started on demand.</summary>
    public void Failed(Exception reason)
    {
        T? lost;
        lock (_lock)
        {
            lost = _current;
            _current = null;
            _lastFailure = reason.Message;
            Restarts++;
            if (++_failures > FailuresAtOnce)
                (_pause, _failedAt) = (Pause(_failures - FailuresAtOnce - 1), timeProvider.GetTimestamp());
        }
        lost?.Dispose();
    }

    /// <summary>Ends the engine. Thread-safe.</summary>
    public void Dispose()
    {
        T? last;
        lock (_lock)
        {
            _disposed = true;
            last = _current;
            _current = null;
        }
        last?.Dispose();
    }

    private static TimeSpan Pause(int doublings) =>
        doublings > 6 ? LongestPause : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << doublings));
}

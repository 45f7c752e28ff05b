namespace Parley.Speech;

/// <summary>
/// Keeps one engine running for one owner. An engine that failed is replaced at once; one that fails again and again, without success in
/// between, is started less and less often, and who asks meanwhile is told so without waiting.
/// </summary>
internal sealed class Supervisor<T>(Func<T> start, TimeProvider timeProvider) : IDisposable
    where T : class, IDisposable
{
    // Twice what one bad text or utterance can cost.
    private const int FailuresAtOnce = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private T? _current;
    private int _failures;
    private DateTimeOffset _notBefore;
    private string _lastFailure = "";
    private bool _disposed;

    /// <summary>The engine that runs now, if any.</summary>
    public T? Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    /// <summary>Whether none is started for now.</summary>
    public bool IsResting => timeProvider.GetUtcNow() < _notBefore;

    /// <summary>How often an engine was replaced.</summary>
    public int Restarts { get; private set; }

    /// <summary>Gives the engine, started if need be.</summary>
    /// <exception cref="SpeechEngineException">It failed too often of late, or does not start.</exception>
    public T Get()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is not null)
                return _current;
            if (IsResting)
                throw new SpeechEngineException($"The engine failed {_failures} times in a row and rests. {_lastFailure}");
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

    /// <summary>The engine did its work.</summary>
    public void Succeeded() => _failures = 0;

    /// <summary>The engine failed, or did not start: it is ended, the next one is started when it is asked for.</summary>
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
                _notBefore = timeProvider.GetUtcNow() + Pause(_failures - FailuresAtOnce - 1);
        }
        lost?.Dispose();
    }

    /// <summary>Ends the engine; from any thread.</summary>
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

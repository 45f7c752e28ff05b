namespace Parley.Server.Sockets;

/// <summary>
/// Holds a message that has begun to a least speed: at first it has a grace, then so many bytes a second. Costs nothing where a message is
/// there at once, as those of honest clients mostly are.
/// </summary>
/// <param name="options">Grace and least speed.</param>
/// <param name="time">The clock.</param>
/// <param name="close">OnCompleted the connection of a message that is too slow.</param>
internal sealed class MessageTimer(LiveApiOptions options, TimeProvider time, Action<LiveClose> close)
{
    private static readonly LiveClose TooSlow = new(1008, "The message did not arrive in time");

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _began;
    private int _received;
    private bool _running;

    /// <summary>The rest of a message is waited for.</summary>
    /// <param name="received">Bytes of it that are here.</param>
    internal void OnWaiting(int received)
    {
        lock (_gate)
        {
            _received = received;
            if (_running)
                return;
            _running = true;
            _began = time.GetTimestamp();
            _timer ??= time.CreateTimer(static state => ((MessageTimer)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(options.Messages.Grace, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The message is here, or over.</summary>
    internal void OnCompleted()
    {
        if (!Volatile.Read(ref _running))
            return;
        lock (_gate)
        {
            _running = false;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The connection is over.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _running = false;
            _timer?.Dispose();
        }
    }

    private void Check()
    {
        lock (_gate)
        {
            if (!_running)
                return;
            // So far it may take its grace, and a second for every so many bytes.
            var left = options.Messages.Grace + TimeSpan.FromSeconds((double)_received / options.Messages.MinBytesPerSecond) - time.GetElapsedTime(_began);
            if (left > TimeSpan.Zero)
            {
                _timer?.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            _running = false;
        }
        close(TooSlow);
    }
}

using Parley.Protocol.Internal;

namespace Parley.Server.Sockets;

/// <summary>
/// Enforces a minimum speed for a message that has begun (slow-loris protection): first a grace period, then a number of bytes per second. Costs nothing
/// for messages that arrive at once, as those of normal clients do.
/// </summary>
/// <param name="options">Grace period and minimum speed.</param>
/// <param name="time">The clock.</param>
/// <param name="close">Closes the connection of a message that is too slow.</param>
internal sealed class MessageTimer(LiveApiOptions options, TimeProvider time, Action<LiveClose> close)
{
    private static readonly LiveClose TooSlow = new(1008, "The message did not arrive in time");

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _began;
    private int _received;
    private bool _running;

    /// <summary>Called when the reader waits for the rest of a message.</summary>
    /// <param name="received">Bytes of it that have arrived.</param>
    internal void OnWaiting(int received)
    {
        lock (_gate)
        {
            _received = received;
            if (_running)
                return;
            _running = true;
            _began = time.GetTimestamp();
            _timer ??= time.CreateGuardedTimer(this, static timer => timer.Check(), static (timer, _) => timer.CloseConnection(LiveClose.Internal));
            _timer.Change(options.Messages.Grace, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Called when the message is complete or abandoned.</summary>
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

    /// <summary>Called when the connection has ended.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _running = false;
            _timer?.Dispose();
        }
    }

    private void CloseConnection(LiveClose reason) => close(reason);

    private void Check()
    {
        lock (_gate)
        {
            if (!_running)
                return;
            // Allowed so far: the grace period, and a second for every MinBytesPerSecond received.
            var left = options.Messages.Grace + TimeSpan.FromSeconds((double)_received / options.Messages.MinBytesPerSecond) - time.GetElapsedTime(_began);
            if (left > TimeSpan.Zero)
            {
                _timer?.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            _running = false;
        }
        CloseConnection(TooSlow);
    }
}

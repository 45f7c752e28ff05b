using Parley.Protocol.Internal;

namespace Parley.Server.Relay;

/// <summary>
/// A pending rotation and its deadlines. In the first half of the time it waits for a safe point: no open turn, no open call, and nothing sent since the
/// last handle. In the second half the handle may be older. At the deadline the rotation is forced. Safe for use by many threads; the callback is
/// called without a lock.
/// </summary>
internal sealed class PendingRotation
{
    private readonly RelayOptions _options;
    private readonly Action<bool> _elapsed;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private ITimer? _timer;
    private Tick? _tick;
    private TimeSpan _secondHalf;
    private volatile Phase _phase;

    /// <param name="options">Its times.</param>
    /// <param name="time">The clock.</param>
    /// <param name="elapsed">Called when a rotation may be possible; true = the deadline has passed, rotate now.</param>
    /// <param name="failed">Called with an exception of <paramref name="elapsed"/>.</param>
    internal PendingRotation(RelayOptions options, TimeProvider time, Action<bool> elapsed, Action<Exception> failed)
    {
        (_options, _time, _elapsed, _failed) = (options, time, elapsed, failed);
    }

    private enum Phase
    {
        None,
        Waiting,
        Urgent,
        Due,
        Stopped,
    }

    internal bool IsPending => _phase is Phase.Waiting or Phase.Urgent or Phase.Due;

    /// <summary>The deadline has passed.</summary>
    internal bool IsDue => _phase == Phase.Due;

    internal string Cause { get; private set; } = "";

    /// <summary>Starts over for a new connection, whose age counts from now.</summary>
    internal void Connected()
    {
        lock (_gate)
        {
            if (_phase == Phase.Stopped)
                return;
            _phase = Phase.None;
            Arm(_options.RotateAfter);
        }
    }

    /// <summary>Requests a rotation.</summary>
    /// <param name="cause">Its cause, for logs and metrics.</param>
    /// <param name="within">Time until the deadline; at most <see cref="RelayOptions.RotationPatience"/>.</param>
    internal void Request(string cause, TimeSpan within)
    {
        lock (_gate)
        {
            if (_phase == Phase.Stopped)
                return;
            if (within > _options.RotationPatience)
                within = _options.RotationPatience;
            if (within < TimeSpan.Zero)
                within = TimeSpan.Zero;
            (Cause, _phase) = (cause, Phase.Waiting);
            var half = within / 2;
            _secondHalf = within - half;
            Arm(half);
        }
    }

    /// <summary>Whether to rotate now, given that no turn and no call is open.</summary>
    /// <param name="isQuiet">The client sent nothing since the last handle.</param>
    internal bool MayRotate(bool isQuiet) => _phase is Phase.Urgent or Phase.Due || (_phase == Phase.Waiting && isQuiet);

    internal void Stop()
    {
        lock (_gate)
        {
            _phase = Phase.Stopped;
            Arm(null);
        }
    }

    // A new timer each time: the callback of an older one recognizes by its tick that it is obsolete.
    private void Arm(TimeSpan? due)
    {
        _timer?.Dispose();
        (_timer, _tick) = (null, null);
        if (due is not { } time)
            return;
        _tick = new Tick(this);
        _timer = _time.CreateGuardedTimer(_tick, static tick => tick.Rotation.Elapsed(tick), static (tick, e) => tick.Rotation._failed(e));
        _timer.Change(time, Timeout.InfiniteTimeSpan);
    }

    private void Elapsed(Tick tick)
    {
        var force = false;
        lock (_gate)
        {
            if (tick != _tick)
                return;
            switch (_phase)
            {
                case Phase.None:
                    Request("age", _options.RotationPatience);
                    break;
                case Phase.Waiting:
                    _phase = Phase.Urgent;
                    Arm(_secondHalf);
                    break;
                case Phase.Urgent:
                    _phase = Phase.Due;
                    force = true;
                    break;
                default:
                    return;
            }
        }
        _elapsed(force);
    }

    private sealed class Tick(PendingRotation rotation)
    {
        internal PendingRotation Rotation => rotation;
    }
}

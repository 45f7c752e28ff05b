namespace Parley.Server.Relay;

/// <summary>
/// The rotation to replace an upstream connection, and its clock. At first only a good moment is taken: a handle after which the client said nothing,
/// while no turn and no call is open. From half of the time the handle may be older; at the end whatever there is.
/// Safe for use by many threads; what it calls back it calls without a lock.
/// </summary>
internal sealed class PendingRotation
{
    private readonly RelayOptions _options;
    private readonly Action<bool> _elapsed;
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private ITimer? _timer;
    private Tick? _tick;
    private TimeSpan _secondHalf;
    private volatile Phase _phase;

    /// <param name="options">How long it waits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="elapsed">Called when something may have become due; true = at any price.</param>
    internal PendingRotation(RelayOptions options, TimeProvider time, Action<bool> elapsed)
    {
        (_options, _time, _elapsed) = (options, time, elapsed);
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

    /// <summary>Time is over.</summary>
    internal bool IsDue => _phase == Phase.Due;

    internal string Cause { get; private set; } = "";

    /// <summary>A new connection: its age is counted from here.</summary>
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

    /// <param name="cause">Why, for log and metrics.</param>
    /// <param name="within">At the latest then.</param>
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

    /// <summary>Whether a moment in which nothing is open may be taken.</summary>
    /// <param name="isQuiet">The client said nothing since the handle.</param>
    internal bool MayRotate(bool isQuiet) => _phase is Phase.Urgent or Phase.Due || (_phase == Phase.Waiting && isQuiet);

    internal void Stop()
    {
        lock (_gate)
        {
            _phase = Phase.Stopped;
            Arm(null);
        }
    }

    // A timer of its own each time: one that has run off already knows by its tick that it is not the newest.
    private void Arm(TimeSpan? due)
    {
        _timer?.Dispose();
        (_timer, _tick) = (null, null);
        if (due is not { } time)
            return;
        _tick = new Tick(this);
        _timer = _time.CreateTimer(static state => ((Tick)state!).Rotation.Elapsed((Tick)state), _tick, time, Timeout.InfiniteTimeSpan);
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

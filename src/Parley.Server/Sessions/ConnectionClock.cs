using Parley.Protocol;
using Parley.Protocol.Internal;

namespace Parley.Server.Sessions;

/// <summary>
/// The deadlines of a connection on one timer: arrival of the setup, <c>goAway</c>, end of the connection, the client's answer to the close.
/// </summary>
internal sealed class ConnectionClock(LiveConnection connection)
{
    private static readonly LiveClose SetupTimedOut = new(1008, "The setup message did not arrive in time");

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private Phase _phase;
    private TimeSpan _lifetime;
    private long _started;
    private LiveClose _last = LiveClose.Aborted;

    private enum Phase
    {
        AwaitingSetup,
        Running,
        GoingAway,
        Closing,
        Over,
    }

    private TimeProvider Time => connection.Services.Time;

    private LiveApiOptions Options => connection.Services.Options;

    private TimeSpan Left => _lifetime - Time.GetElapsedTime(_started) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    internal void Stop()
    {
        lock (_gate)
        {
            _phase = Phase.Over;
            _timer?.Dispose();
        }
    }

    internal void AwaitSetup()
    {
        lock (_gate)
        {
            _timer = Time.CreateGuardedTimer(this, static clock => clock.Elapsed(), static (clock, e) => clock.Failed(e));
            _timer.Change(Options.Connections.SetupTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Stops the setup deadline: the start of the model has none.</summary>
    internal void SetupArrived()
    {
        lock (_gate)
        {
            if (_phase == Phase.AwaitingSetup)
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Starts the deadlines of a session.</summary>
    /// <param name="started">Timestamp from which its lifetime counts: a clock that is set must neither extend nor end it.</param>
    /// <param name="lifetime">Time until the end of the connection.</param>
    internal void Run(long started, TimeSpan lifetime)
    {
        lock (_gate)
        {
            if (_phase != Phase.AwaitingSetup)
                return;
            (_phase, _started, _lifetime) = (Phase.Running, started, lifetime);
            _last = Options.Sessions.CloseNormallyAfterGoAway ? new LiveClose(1000, "") : LiveClose.Aborted;
            Arm(Left - Options.Sessions.GoAwayLead);
        }
    }

    /// <summary>Shutdown: sends <c>goAway</c> now, and ends the connection after <see cref="LiveConnectionOptions.DrainTime"/>.</summary>
    /// <param name="mayMove">Whether the client can go on elsewhere; otherwise it gets no <c>goAway</c>, and may use the time.</param>
    internal void Drain(bool mayMove)
    {
        lock (_gate)
        {
            if (_phase is Phase.Closing or Phase.Over)
                return;
            _last = LiveClose.ShuttingDown;
            (_started, _lifetime) = (Time.GetTimestamp(), Options.Connections.DrainTime);
            if (_phase == Phase.Running && mayMove)
            {
                connection.Session?.ResendHandle();
                GoAway();
                return;
            }
            _phase = Phase.GoingAway;
            Arm(Left);
        }
    }

    internal void CloseSent()
    {
        lock (_gate)
        {
            if (_phase == Phase.Over)
                return;
            _phase = Phase.Closing;
            _timer?.Change(Options.Connections.CloseTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void Elapsed()
    {
        lock (_gate)
        {
            switch (_phase)
            {
                case Phase.AwaitingSetup:
                    connection.Close(SetupTimedOut);
                    break;
                case Phase.Running:
                    GoAway();
                    break;
                case Phase.GoingAway:
                    if (_last != LiveClose.ShuttingDown)
                        connection.Session?.Events?.LimitReached("lifetime");
                    connection.Close(_last);
                    break;
                case Phase.Closing:
                    connection.Abort();
                    break;
            }
        }
    }

    private void Failed(Exception exception) => connection.CallbackFailed(exception);

    private void GoAway()
    {
        _phase = Phase.GoingAway;
        var left = Left;
        connection.Send(new LiveSessionResponse { GoAway = new GoAway { TimeLeft = left } });
        Arm(left);
    }

    private void Arm(TimeSpan due) => _timer?.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
}

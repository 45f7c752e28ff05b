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
    private DateTimeOffset _end;
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

    /// <summary>Starts the deadlines of a session that runs until <paramref name="end"/>.</summary>
    internal void Run(DateTimeOffset end)
    {
        lock (_gate)
        {
            if (_phase != Phase.AwaitingSetup)
                return;
            (_phase, _end) = (Phase.Running, end);
            _last = Options.Sessions.CloseNormallyAfterGoAway ? new LiveClose(1000, "") : LiveClose.Aborted;
            Arm(end - Options.Sessions.GoAwayLead);
        }
    }

    /// <summary>Shutdown: sends <c>goAway</c> now, and ends the connection after <see cref="LiveConnectionOptions.DrainTime"/>.</summary>
    internal void Drain()
    {
        lock (_gate)
        {
            if (_phase is Phase.Closing or Phase.Over)
                return;
            _last = LiveClose.ShuttingDown;
            var end = Time.GetUtcNow() + Options.Connections.DrainTime;
            if (_phase == Phase.Running)
            {
                _end = end;
                connection.Session?.ResendHandle();
                GoAway();
                return;
            }
            _phase = Phase.GoingAway;
            Arm(end);
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
        var left = _end - Time.GetUtcNow();
        if (left < TimeSpan.Zero)
            left = TimeSpan.Zero;
        connection.Send(new LiveSessionResponse { GoAway = new GoAway { TimeLeft = left } });
        Arm(_end);
    }

    private void Arm(DateTimeOffset at)
    {
        var due = at - Time.GetUtcNow();
        _timer?.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

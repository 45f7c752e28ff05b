using System.Diagnostics;
using Parley.Protocol.Internal;

namespace Parley.Client.Session;

/// <summary>
/// Decides when to leave a connection that the server will close: at the first safe point, and at the latest a margin before the announced
/// end. It runs on its own timer, because no message may follow <c>goAway</c> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#93-goaway">protocol 9.3</see>). One per connection.
/// </summary>
internal sealed class RotationClock(SessionState state, LiveClientOptions options, Action leave) : IDisposable
{
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private bool _due;
    private bool _left;

    /// <summary>The server sent <c>goAway</c>.</summary>
    internal void Announce(TimeSpan timeLeft)
    {
        if (!options.Resumption.Enabled)
            return;
        lock (_lock)
        {
            if (_left)
                return;
            var latest = Latest(timeLeft, options.Resumption.RotationMargin);
            if (_timer is null)
                _timer = options.TimeProvider.CreateGuardedTimer(this, static clock => clock.Due(), static (_, e) => Trace.TraceError(e.ToString()), latest);
            else
                _timer.Change(latest, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Leaves if this is a safe point, or the time is up. Called after every message.</summary>
    internal void Check()
    {
        lock (_lock)
        {
            if (_timer is null || _left || !state.CanContinue || !(_due || state.IsQuiet))
                return;
            _left = true;
            leave();
        }
    }

    /// <summary>Latest time to leave, counted from the announcement.</summary>
    internal static TimeSpan Latest(TimeSpan timeLeft, TimeSpan margin)
    {
        var left = timeLeft > TimeSpan.Zero ? timeLeft : TimeSpan.Zero;
        return left - margin > left / 2 ? left - margin : left / 2;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _left = true;
            _timer?.Dispose();
        }
    }

    private void Due()
    {
        lock (_lock)
            _due = true;
        Check();
    }
}

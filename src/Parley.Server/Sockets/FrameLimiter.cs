namespace Parley.Server.Sockets;

/// <summary>Limits what an application does not see of a WebSocket: pings, pongs and the number of fragments of a message.</summary>
internal sealed class FrameLimiter(TimeProvider time, int maxPingsPerMinute, int maxFragments)
{
    /// <summary>Multiple of the limit at which the connection is aborted, if the close could not be sent yet.</summary>
    private const long ToleratedMultiple = 64;

    internal static readonly LiveClose TooManyPings = new(1008, "Too many pings");
    internal static readonly LiveClose TooManyFragments = new(1008, "The message came in too many fragments");

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private int _fragments;
    private int _pings;
    private long _windowStarted;

    /// <summary>Called once, on the reading thread, when the client exceeds a limit.</summary>
    internal Action<LiveClose>? LimitExceeded { get; set; }

    /// <summary>The close for the limit that was exceeded; null = none.</summary>
    internal LiveClose? Violation { get; private set; }

    /// <summary>A close was sent: from now on the connection is aborted at twice the limit.</summary>
    internal bool CloseSent { get; set; }

    /// <summary>Counts a frame of a message.</summary>
    internal void CountFragment(bool isFirst, bool isLast)
    {
        _fragments = isFirst ? 1 : _fragments + 1;
        if (_fragments > maxFragments)
            Report(TooManyFragments);
        if (isLast)
            _fragments = 0;
    }

    /// <summary>Counts a ping or a pong; unsolicited pongs are counted too.</summary>
    /// <exception cref="IOException">The client keeps exceeding the limit; the connection is to be aborted.</exception>
    internal void CountPing()
    {
        var now = time.GetTimestamp();
        if (_pings == 0 || time.GetElapsedTime(_windowStarted, now) >= Window)
            (_pings, _windowStarted) = (0, now);
        if (++_pings <= maxPingsPerMinute)
            return;
        if (_pings > (CloseSent ? 2L : ToleratedMultiple) * maxPingsPerMinute)
            throw new IOException("The client keeps exceeding the ping limit.");
        Report(TooManyPings);
    }

    private void Report(LiveClose violation)
    {
        if (Violation is not null)
            return;
        Violation = violation;
        LimitExceeded?.Invoke(violation);
    }
}

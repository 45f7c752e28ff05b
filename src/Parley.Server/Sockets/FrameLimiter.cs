namespace Parley.Server.Sockets;

/// <summary>Counts what a WebSocket swallows, pings and the fragments of a message: a client may send neither without end.</summary>
internal sealed class FrameLimiter(TimeProvider time, int maxPingsPerMinute, int maxFragments)
{
    /// <summary>So many times the pings of a minute are borne until the close is out.</summary>
    private const long ToleratedMultiple = 64;

    internal static readonly LiveClose TooManyPings = new(1008, "Too many pings");
    internal static readonly LiveClose TooManyFragments = new(1008, "The message came in too many fragments");

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private int _fragments;
    private int _pings;
    private long _windowStarted;

    /// <summary>Called once, from the thread that reads, when the client breaks a limit.</summary>
    internal Action<LiveClose>? LimitExceeded { get; set; }

    /// <summary>The limit that was broken.</summary>
    internal LiveClose? Violation { get; private set; }

    /// <summary>The client was sent a close: from now on there is no excuse.</summary>
    internal bool CloseSent { get; set; }

    /// <summary>A frame of a message has begun.</summary>
    internal void CountFragment(bool isFirst, bool isLast)
    {
        _fragments = isFirst ? 1 : _fragments + 1;
        if (_fragments > maxFragments)
            Report(TooManyFragments);
        if (isLast)
            _fragments = 0;
    }

    /// <summary>A ping has come, or a pong: those count as well, none is owed for a ping that was not sent.</summary>
    /// <exception cref="IOException">The client goes on with what it was told off for.</exception>
    internal void CountPing()
    {
        var now = time.GetTimestamp();
        if (_pings == 0 || time.GetElapsedTime(_windowStarted, now) >= Window)
            (_pings, _windowStarted) = (0, now);
        if (++_pings <= maxPingsPerMinute)
            return;
        if (_pings > (CloseSent ? 2L : ToleratedMultiple) * maxPingsPerMinute)
            throw new IOException("The client goes on pinging after it was told to stop.");
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

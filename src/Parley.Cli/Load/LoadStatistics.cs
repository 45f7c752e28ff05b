namespace Parley.Cli.Load;

/// <summary>What a load measures. Safe for use by many threads; its size does not depend on the load.</summary>
internal sealed class LoadStatistics
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, int> _closes = [];
    private readonly SortedDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private int _opened, _setUp, _active;
    private long _sent, _received, _asked, _answered, _unanswered, _interrupted, _goAways;

    /// <summary>From the start of the connection to <c>setupComplete</c>.</summary>
    internal LatencyHistogram Setup { get; } = new();

    /// <summary>From the end of the user's speech, or from the sent text, to the first audio of the answer.</summary>
    internal LatencyHistogram FirstAudio { get; } = new();

    /// <summary>How long a listener heard nothing within an answer because its next audio was late.</summary>
    internal LatencyHistogram Gaps { get; } = new();

    /// <summary>How late messages were sent: what the machine of the load added.</summary>
    internal LatencyHistogram Lateness { get; } = new();

    /// <summary>Connections that were started.</summary>
    internal int Opened => Volatile.Read(ref _opened);

    internal int SetUp => Volatile.Read(ref _setUp);

    internal int Active => Volatile.Read(ref _active);

    internal long Sent => Interlocked.Read(ref _sent);

    internal long Received => Interlocked.Read(ref _received);

    internal long Asked => Interlocked.Read(ref _asked);

    /// <summary>Answers whose first audio arrived.</summary>
    internal long Answered => Interlocked.Read(ref _answered);

    internal long Unanswered => Interlocked.Read(ref _unanswered);

    internal long Interrupted => Interlocked.Read(ref _interrupted);

    internal long GoAways => Interlocked.Read(ref _goAways);

    /// <summary>Sessions that ended, by close code.</summary>
    internal SortedDictionary<int, int> Closes
    {
        get
        {
            lock (_gate)
                return new(_closes);
        }
    }

    /// <summary>Sessions that failed, by reason.</summary>
    internal SortedDictionary<string, int> Errors
    {
        get
        {
            lock (_gate)
                return new(_errors, StringComparer.Ordinal);
        }
    }

    internal void Opening() => Interlocked.Increment(ref _opened);

    internal void Started(TimeSpan setup)
    {
        Setup.Record(setup);
        Interlocked.Increment(ref _setUp);
        Interlocked.Increment(ref _active);
    }

    internal void Ended() => Interlocked.Decrement(ref _active);

    internal void CountSent() => Interlocked.Increment(ref _sent);

    internal void CountReceived() => Interlocked.Increment(ref _received);

    internal void CountAsked() => Interlocked.Increment(ref _asked);

    internal void CountAnswered(TimeSpan latency)
    {
        FirstAudio.Record(latency);
        Interlocked.Increment(ref _answered);
    }

    internal void CountUnanswered() => Interlocked.Increment(ref _unanswered);

    internal void CountInterrupted() => Interlocked.Increment(ref _interrupted);

    internal void CountGoAway() => Interlocked.Increment(ref _goAways);

    internal void Closed(int code)
    {
        lock (_gate)
            _closes[code] = _closes.GetValueOrDefault(code) + 1;
    }

    internal void Failed(string reason)
    {
        lock (_gate)
            _errors[reason] = _errors.GetValueOrDefault(reason) + 1;
    }
}

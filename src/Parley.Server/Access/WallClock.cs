namespace Parley.Server.Access;

/// <summary>
/// The date and time, to compare with absolute times such as the expiry of a token. It follows the system's clock forward, but never back: a clock that is
/// set back must not revive what has expired, so time then goes on at its usual speed. Spans are measured with <see cref="TimeProvider.GetTimestamp"/>.
/// </summary>
internal sealed class WallClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _last;
    private long _timestamp;

    internal DateTimeOffset Now
    {
        get
        {
            lock (_gate)
            {
                var (now, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
                if (_last != default && _last + time.GetElapsedTime(_timestamp, timestamp) is var steady && steady > now)
                    now = steady;
                (_last, _timestamp) = (now, timestamp);
                return now;
            }
        }
    }
}

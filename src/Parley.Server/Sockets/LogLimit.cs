namespace Parley.Server.Sockets;

/// <summary>Lets one log entry through per interval: what clients can cause at any rate must not fill the log.</summary>
internal sealed class LogLimit(TimeProvider time, TimeSpan interval)
{
    private readonly Lock _gate = new();
    private long _last;
    private bool _hasLast;

    /// <summary>Whether the entry is to be written now.</summary>
    internal bool TryEnter()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_hasLast && time.GetElapsedTime(_last, now) < interval)
                return false;
            (_hasLast, _last) = (true, now);
            return true;
        }
    }
}

namespace Parley.Server.Cascade;

/// <summary>Keeps an answer at most a lead ahead of a client that plays it in real time.</summary>
internal sealed class Pace(TimeProvider timeProvider, TimeSpan lead)
{
    private long _first;
    private TimeSpan _sent;

    /// <summary>Waits until a chunk of this length may be sent, and counts it.</summary>
    internal async ValueTask WaitAsync(TimeSpan chunk, CancellationToken cancellationToken)
    {
        if (_sent == TimeSpan.Zero)
            _first = timeProvider.GetTimestamp();
        var ahead = _sent - timeProvider.GetElapsedTime(_first);
        if (ahead > lead)
            await Task.Delay(ahead - lead, timeProvider, cancellationToken).ConfigureAwait(false);
        _sent += chunk;
    }
}

namespace Parley.Cascade.Answering;

/// <summary>
/// Estimates how much of the sent audio a client that plays in real time has not heard yet, over all answers of a session. From
/// <see cref="Pace"/> on it throttles sending to a fixed lead. Thread-safe.
/// </summary>
internal sealed class PlaybackClock(TimeProvider timeProvider, TimeSpan lead)
{
    private readonly long _started = timeProvider.GetTimestamp();
    private readonly Lock _gate = new();
    private TimeSpan _until;
    private volatile bool _isPaced;

    /// <summary>Audio that is sent and not yet heard.</summary>
    internal TimeSpan Left
    {
        get
        {
            lock (_gate)
                return Ahead;
        }
    }

    /// <summary>Time since the listener heard the last of it; zero while it plays.</summary>
    internal TimeSpan Silence
    {
        get
        {
            lock (_gate)
                return Now > _until ? Now - _until : TimeSpan.Zero;
        }
    }

    private TimeSpan Now => timeProvider.GetElapsedTime(_started);

    private TimeSpan Ahead => _until > Now ? _until - Now : TimeSpan.Zero;

    /// <summary>Throttles from now on: the user speaks, so what is sent far ahead of playback would be sent in vain after an interruption.</summary>
    internal void Pace() => _isPaced = true;

    /// <summary>Waits until a chunk may be sent, and adds its duration.</summary>
    internal async ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        var wait = _isPaced ? Left - lead : TimeSpan.Zero;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _until = Now + Ahead + PcmFormat.Hz24000.DurationOfBytes(bytes);
        }
    }

    /// <summary>The client dropped the audio it had not played.</summary>
    internal void Stop()
    {
        lock (_gate)
            _until = _until > Now ? Now : _until;
    }
}

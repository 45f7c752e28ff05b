namespace Parley.Cascade.Answering;

/// <summary>
/// Where a listener who plays in real time is: how much of what was sent is still to be heard, over all answers of a session. Keeps answers
/// at most a lead ahead of it. Safe to use from several threads.
/// </summary>
internal sealed class Playback(TimeProvider timeProvider, TimeSpan lead)
{
    private readonly long _started = timeProvider.GetTimestamp();
    private readonly Lock _gate = new();
    private TimeSpan _until;

    /// <summary>Sound that is sent and not heard yet.</summary>
    internal TimeSpan Left
    {
        get
        {
            lock (_gate)
                return Ahead;
        }
    }

    /// <summary>How long ago the listener heard the last of it; zero while it plays.</summary>
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

    /// <summary>Waits until a chunk may be sent, and counts it.</summary>
    internal async ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        var wait = Left - lead;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _until = Now + Ahead + PcmFormat.Hz24000.DurationOfBytes(bytes);
        }
    }

    /// <summary>The listener dropped what it had not heard.</summary>
    internal void Stop()
    {
        lock (_gate)
            _until = _until > Now ? Now : _until;
    }
}

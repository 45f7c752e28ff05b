namespace Parley.Client.Audio.Devices;

/// <summary>
/// A loudspeaker made of a sink and a clock. It writes at most <see cref="Lead"/> ahead of what a listener hears, so that little is
/// buffered when playback must stop. The clock gives the position: written is not played. It underruns and restarts like a device.
/// </summary>
internal sealed class PacedAudioOutput : IAudioOutput
{
    /// <summary>Long enough for a busy machine, short enough for an interruption.</summary>
    internal static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly IPcmSink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly PeriodicTimer _timer;
    private readonly Lock _lock = new();
    private readonly PcmFormat _format;
    private readonly TimeSpan _latency;
    private readonly long _leadBytes;
    private long _written;
    private long _anchorBytes;
    private long _anchorTime;

    /// <param name="sink">The destination.</param>
    /// <param name="rateHz">Its rate in Hz.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="latency">Latency from the first write to the loudspeaker; zero if there is no device.</param>
    internal PacedAudioOutput(IPcmSink sink, int rateHz, TimeProvider timeProvider, TimeSpan latency = default)
    {
        _sink = sink;
        _timeProvider = timeProvider;
        _latency = latency;
        _format = new PcmFormat(rateHz);
        _leadBytes = _format.BytesIn(Lead + latency);
        _timer = new PeriodicTimer(Tick, timeProvider);
    }

    public int RateHz => _format.SampleRateHz;

    public long PlayedBytes
    {
        get { lock (_lock) return Played(); }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken cancellationToken)
    {
        while (Ahead() >= _leadBytes)
            await _timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        Stream target;
        lock (_lock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Played() == _written)
                (_anchorBytes, _anchorTime) = (_written, _timeProvider.GetTimestamp());
            _written += pcm.Length;
            target = _sink.Target;
        }
        try
        {
            await target.WriteAsync(pcm, cancellationToken).ConfigureAwait(false);
            await target.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_lock)
            {
                // Clear cut the sink during this write: the audio is dropped.
                if (!ReferenceEquals(target, _sink.Target))
                    return;
            }
            throw new AudioDeviceException("The loudspeaker failed. " + e.Message, e);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            var played = Played();
            if (_written > played)
                _sink.Cut(_written - played);
            _written = played;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _sink.DisposeAsync().ConfigureAwait(false);
    }

    private long Ahead()
    {
        lock (_lock)
            return _written - Played();
    }

    private long Played()
    {
        var elapsed = _timeProvider.GetElapsedTime(_anchorTime) - _latency;
        return elapsed <= TimeSpan.Zero ? Math.Min(_written, _anchorBytes) : Math.Min(_written, _anchorBytes + _format.BytesIn(elapsed));
    }
}

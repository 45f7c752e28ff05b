namespace Parley.Cli.Recording;

/// <summary>
/// One side of a call as a WAV file in which every sound stands at the time it was made: where there was none, there is silence. Used from any
/// thread.
/// </summary>
internal sealed class AlignedWav : IDisposable
{
    // Sound comes in bursts and a little ahead; only a real gap is filled.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly WavWriter _wav;
    private readonly PcmFormat _format;
    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private readonly byte[] _silence = new byte[4_800];
    private bool _disposed;

    internal AlignedWav(string path, int rateHz, TimeProvider timeProvider, long started)
    {
        _wav = new WavWriter(File.Create(path), rateHz);
        _format = new PcmFormat(rateHz);
        _timeProvider = timeProvider;
        _started = started;
    }

    /// <summary>Writes sound that ends now.</summary>
    internal void Write(ReadOnlySpan<byte> pcm)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            var begins = _timeProvider.GetElapsedTime(_started) - _format.DurationOfBytes(pcm.Length);
            if (begins - _format.DurationOfBytes(_wav.DataBytes) > Tolerance)
                Fill(_format.BytesIn(begins));
            _wav.Write(pcm);
        }
    }

    /// <summary>The last bytes were never heard.</summary>
    internal void TakeBack(long bytes)
    {
        lock (_lock)
        {
            if (!_disposed)
                _wav.TakeBack(bytes);
        }
    }

    /// <summary>How long the file would be if it ended now: sound that came in a burst may reach a little beyond the present.</summary>
    internal TimeSpan Length
    {
        get
        {
            lock (_lock)
            {
                var elapsed = _timeProvider.GetElapsedTime(_started);
                var written = _format.DurationOfBytes(_wav.DataBytes);
                return written > elapsed ? written : elapsed;
            }
        }
    }

    /// <summary>Ends the file where nobody said how long it is to be.</summary>
    public void Dispose() => End(Length);

    /// <summary>Ends the file at this length, or behind its last sound.</summary>
    internal void End(TimeSpan length)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            Fill(_format.BytesIn(length));
            _wav.Dispose();
            _disposed = true;
        }
    }

    private void Fill(long upToBytes)
    {
        while (_wav.DataBytes < upToBytes)
            _wav.Write(_silence.AsSpan(0, (int)Math.Min(_silence.Length, upToBytes - _wav.DataBytes)));
    }
}

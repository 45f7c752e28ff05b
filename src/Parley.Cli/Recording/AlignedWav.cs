using Parley.Server.Storage;

namespace Parley.Cli.Recording;

/// <summary>
/// One side of a call as a WAV file on the time axis of the call: gaps between audio are filled with silence. Thread-safe.
/// </summary>
internal sealed class AlignedWav : IDisposable
{
    // Audio arrives in bursts and slightly ahead of time; only a larger gap is filled.
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
        _wav = new WavWriter(PrivateFiles.Create(path), rateHz);
        _format = new PcmFormat(rateHz);
        _timeProvider = timeProvider;
        _started = started;
    }

    /// <summary>Writes audio that ends now.</summary>
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

    /// <summary>Removes the last bytes, which were never played.</summary>
    internal void TakeBack(long bytes)
    {
        lock (_lock)
        {
            if (!_disposed)
                _wav.TakeBack(bytes);
        }
    }

    /// <summary>Length of the file if it ended now. Audio that arrived in a burst may reach beyond the current time.</summary>
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

    /// <summary>Ends the file at its current length.</summary>
    public void Dispose() => End(Length);

    /// <summary>Ends the file at this length, or after its last audio if that is longer.</summary>
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

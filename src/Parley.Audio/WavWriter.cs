namespace Parley.Audio;

/// <summary>
/// Writes a mono PCM16 WAV file as a stream. The two lengths in the header are set on
/// <see cref="Dispose"/>; if the stream cannot seek, they stay at their largest value, which readers take as
/// "to the end". Not thread-safe.
/// </summary>
public sealed class WavWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly int _sampleRateHz;
    private readonly bool _leaveOpen;
    private readonly long _headerPosition;
    private bool _disposed;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where to write; its present position is the start of the file.</param>
    /// <param name="sampleRateHz">Samples per second.</param>
    /// <param name="leaveOpen">Whether the stream stays open after <see cref="Dispose"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRateHz"/> is not positive.</exception>
    public WavWriter(Stream stream, int sampleRateHz, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRateHz);
        _stream = stream;
        _sampleRateHz = sampleRateHz;
        _leaveOpen = leaveOpen;
        _headerPosition = stream.CanSeek ? stream.Position : 0;
        WriteHeader(WavFile.UnknownLength);
    }

    /// <summary>Bytes of audio written so far.</summary>
    public long DataBytes { get; private set; }

    /// <summary>Appends samples.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        WavFile.WriteSamples(_stream, samples);
        DataBytes += (long)samples.Length * Pcm.BytesPerSample;
    }

    /// <summary>Appends little-endian PCM16 bytes; a chunk may end in the middle of a sample.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _stream.Write(bytes);
        DataBytes += bytes.Length;
    }

    /// <summary>Removes the last bytes, at most all of them. Does nothing if the stream cannot seek.</summary>
    public void TakeBack(long bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (!_stream.CanSeek)
            return;
        var back = Math.Min(bytes, DataBytes);
        _stream.SetLength(_stream.Position - back);
        _stream.Seek(0, SeekOrigin.End);
        DataBytes -= back;
    }

    /// <summary>Sets the lengths in the header and closes the stream, unless it is left open.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;

        if (_stream.CanSeek)
        {
            var end = _stream.Position;
            _stream.Position = _headerPosition;
            WriteHeader(DataBytes);
            _stream.Position = end;
        }
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private void WriteHeader(long dataBytes)
    {
        Span<byte> header = stackalloc byte[WavFile.HeaderBytes];
        WavFile.WriteHeader(header, _sampleRateHz, dataBytes);
        _stream.Write(header);
    }
}

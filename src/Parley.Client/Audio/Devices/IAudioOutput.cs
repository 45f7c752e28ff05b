namespace Parley.Client;

/// <summary>
/// A destination of audio: a loudspeaker, a file, a pipe. <see cref="AudioPlayback"/> writes to it from one loop; <see cref="Clear"/> and
/// <see cref="PlayedBytes"/> may be called from any thread meanwhile.
/// </summary>
public interface IAudioOutput : IAsyncDisposable
{
    /// <summary>Its rate in Hz; the format is PCM16 little-endian mono.</summary>
    int RateHz { get; }

    /// <summary>
    /// Total bytes played, as exact as the device reports. Never more than was written; cleared audio does not count.
    /// </summary>
    long PlayedBytes { get; }

    /// <summary>
    /// Writes a piece of whole samples when the buffer has room; the buffer should be short, about 100 ms. A cancelled write has written
    /// nothing.
    /// </summary>
    /// <exception cref="AudioDeviceException">The device failed.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken cancellationToken);

    /// <summary>Stops at once: drops audio that was written but not played.</summary>
    void Clear();
}

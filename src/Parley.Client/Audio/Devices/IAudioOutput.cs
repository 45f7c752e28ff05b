namespace Parley.Client;

/// <summary>
/// Where sound goes: a loudspeaker, a file, a pipe. <see cref="AudioPlayback"/> writes to it from one loop; <see cref="Clear"/> and
/// <see cref="PlayedBytes"/> may come from any thread meanwhile.
/// </summary>
public interface IAudioOutput : IAsyncDisposable
{
    /// <summary>The rate it takes, in Hz; PCM16 little-endian mono.</summary>
    int RateHz { get; }

    /// <summary>
    /// Bytes that have become sound since the beginning, as near as the device can tell. Never more than was written; what was cleared never
    /// counts.
    /// </summary>
    long PlayedBytes { get; }

    /// <summary>
    /// Takes a piece of whole samples as soon as its buffer has room, which should be short: a tenth of a second. A cancelled write has
    /// written nothing.
    /// </summary>
    /// <exception cref="AudioDeviceException">The device is gone.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken cancellationToken);

    /// <summary>Falls silent at once: forgets what was written and has not been played.</summary>
    void Clear();
}

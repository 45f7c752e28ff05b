namespace Parley.Client;

/// <summary>Where sound comes from, in real time: a microphone, a file, a pipe. Read by one reader.</summary>
public interface IAudioInput : IAsyncDisposable
{
    /// <summary>The rate it gives, in Hz; PCM16 little-endian mono.</summary>
    int RateHz { get; }

    /// <summary>Waits for sound: any number of bytes, an odd one included; 0 = there will be none any more.</summary>
    /// <exception cref="AudioDeviceException">The device is gone.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}

namespace Parley.Client;

/// <summary>A source of audio in real time: a microphone, a file, a pipe. For one reader.</summary>
public interface IAudioInput : IAsyncDisposable
{
    /// <summary>Its rate in Hz; the format is PCM16 little-endian mono.</summary>
    int RateHz { get; }

    /// <summary>Waits for audio and returns any number of bytes, possibly odd; 0 = the end.</summary>
    /// <exception cref="AudioDeviceException">The device failed.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}

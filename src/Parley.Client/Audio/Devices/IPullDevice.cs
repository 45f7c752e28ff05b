namespace Parley.Client.Audio.Devices;

/// <summary>Fills a buffer of a device with the next audio, or with silence. Called on a thread of the device: it must not wait.</summary>
internal delegate void FillAudio(Span<byte> buffer);

/// <summary>
/// A loudspeaker that asks for audio, as those of the systems' own interfaces do. All that a platform has to provide; the rest is
/// <see cref="PulledOutput"/>.
/// </summary>
internal interface IPullDevice : IAsyncDisposable
{
    /// <summary>Its rate in Hz; the format is PCM16 little-endian mono.</summary>
    int RateHz { get; }

    /// <summary>Bytes that have left the loudspeaker since the last start, silence included. Never decreases between starts.</summary>
    long PlayedBytes { get; }

    /// <summary>Starts playing. The device calls <paramref name="fill"/> until it is disposed.</summary>
    /// <param name="fill">Gives the audio.</param>
    /// <param name="failed">Called once if the device fails.</param>
    void Start(FillAudio fill, Action<Exception> failed);

    /// <summary>Drops what the device holds, and starts again at position zero.</summary>
    void Restart();
}

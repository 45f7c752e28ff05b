namespace Parley.Client.Audio.Devices;

/// <summary>What stands behind a <see cref="PacedAudioOutput"/>: takes bytes and knows nothing of time.</summary>
internal interface IPcmSink : IAsyncDisposable
{
    /// <summary>Where bytes go now. Bytes written to a target that was cut are for nobody.</summary>
    Stream Target { get; }

    /// <summary>Takes back the last bytes written, as far as that can be done.</summary>
    void Cut(long bytes);
}

/// <summary>A stream, which gives nothing back.</summary>
internal sealed class StreamSink(Stream stream, bool leaveOpen) : IPcmSink
{
    public Stream Target => stream;

    public void Cut(long bytes)
    {
    }

    public ValueTask DisposeAsync() => leaveOpen ? ValueTask.CompletedTask : stream.DisposeAsync();
}

namespace Parley.Client.Audio.Devices;

/// <summary>The destination of a <see cref="PacedAudioOutput"/>: takes bytes, without timing.</summary>
internal interface IPcmSink : IAsyncDisposable
{
    /// <summary>The stream to write to now. Bytes written to a stream that was cut are dropped.</summary>
    Stream Target { get; }

    /// <summary>Removes the last bytes written, as far as possible.</summary>
    void Cut(long bytes);
}

/// <summary>A stream, from which nothing can be removed.</summary>
internal sealed class StreamSink(Stream stream, bool leaveOpen) : IPcmSink
{
    public Stream Target => stream;

    public void Cut(long bytes)
    {
    }

    public ValueTask DisposeAsync() => leaveOpen ? ValueTask.CompletedTask : stream.DisposeAsync();
}

namespace Parley.Recording.Files;

/// <summary>An audio file with two channels at 24 kHz that grows. Readable up to the last <see cref="Flush"/> if the process ends.</summary>
internal interface IAudioFile : IDisposable
{
    /// <summary>Bytes written.</summary>
    long Bytes { get; }

    /// <summary>Adds 20 ms, interleaved.</summary>
    void Write(ReadOnlySpan<short> frame);

    /// <summary>Hands what was added to the operating system.</summary>
    void Flush();

    /// <summary>Ends the file.</summary>
    void Complete();
}

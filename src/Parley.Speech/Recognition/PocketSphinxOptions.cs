namespace Parley.Speech;

/// <summary>Settings of pocketsphinx. Configuration section "Speech:Recognizer:PocketSphinx".</summary>
public sealed class PocketSphinxOptions
{
    private const long BytesPerDecoder = 150_000_000;

    /// <summary>
    /// Folder of the model, with <c>en-us/</c>, <c>en-us.lm.bin</c> and <c>cmudict-en-us.dict</c>. Default: the folder of the
    /// Debian package pocketsphinx-en-us.
    /// </summary>
    public string ModelDirectory { get; set; } = "/usr/share/pocketsphinx/model/en-us";

    /// <summary>
    /// The most utterances decoded at the same time, 1 to 64; further ones are queued with their audio. Each takes a third of a core during
    /// speech, and about 150 MB once it was used. Default: four per core, 2 to 16, in at most a quarter of the memory.
    /// </summary>
    public int MaxDecoders { get; set; } =
        (int)Math.Clamp(Math.Min(4 * Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / BytesPerDecoder), 2, 16);

    /// <summary>Default: <see cref="EngineIsolation.Process"/>.</summary>
    public EngineIsolation Isolation { get; set; }

    /// <summary>A worker that gives no answer for this time is replaced. Default 10 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

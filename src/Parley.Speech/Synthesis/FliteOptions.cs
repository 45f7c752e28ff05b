namespace Parley.Speech;

/// <summary>Settings of flite. Configuration section "Speech:Synthesizer:Flite".</summary>
public sealed class FliteOptions
{
    /// <summary>Default: <see cref="EngineIsolation.Process"/>.</summary>
    public EngineIsolation Isolation { get; set; }

    /// <summary>
    /// The most texts synthesized at the same time, 1 to 64, each on its own thread; one thread can serve thirty streams. Default: one
    /// per core, at most 4.
    /// </summary>
    public int MaxVoices { get; set; } = Math.Min(Environment.ProcessorCount, 4);

    /// <summary>A worker that gives no audio for this time is replaced. Default 10 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

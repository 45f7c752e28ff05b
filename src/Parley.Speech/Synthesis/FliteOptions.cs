namespace Parley.Speech;

/// <summary>How flite runs. Configuration section "Speech:Synthesizer:Flite".</summary>
public sealed class FliteOptions
{
    /// <summary>Default: <see cref="EngineIsolation.Process"/>.</summary>
    public EngineIsolation Isolation { get; set; }

    /// <summary>
    /// The most texts spoken at the same time, 1 to 64, each on a thread of its own; one makes speech for thirty listeners. Default: one
    /// per core, at most 4.
    /// </summary>
    public int MaxVoices { get; set; } = Math.Min(Environment.ProcessorCount, 4);

    /// <summary>A worker that gives no sound for so long is replaced. Default 10 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
